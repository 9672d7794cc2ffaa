package dev.reprise.repository.chunk;

import java.util.Objects;

/// Finds where chunks end. Immutable and safe for many threads; one per repository.
///
/// The Rabin fingerprint of restic's 64-byte window decides. restic starts hashing 64 bytes before the minimum
/// and ignores earlier candidates, so whether a place is a cut depends on the 64 bytes before it alone, and
/// places can be tested in any order. One running hash is a chain of dependent table look-ups that keeps a core
/// mostly idle; three hashes started at three places of a block keep it busy. What makes them fast is that all they
/// need stays in registers: more hashes, distances that are no constants, or tables whose bounds are checked at
/// every step halve the speed.
public final class Chunker {
    public static final int MIN_BYTES = 512 * 1024;
    public static final int MAX_BYTES = 8 * 1024 * 1024;

    private static final int WINDOW = 64;
    private static final int STRIPE = 5456;
    /// Looked at together; bounds what is hashed in vain behind a cut.
    private static final int BLOCK = 3 * STRIPE;

    private static final long SPLIT_MASK = (1 << 20) - 1;
    private static final int SHIFT = Polynomial.DEGREE - 8;

    /// Per byte: what it contributes to the hash after it has left the window, to be taken away.
    private final long[] out = new long[256];
    /// Per value of the 8 bits above degree 52: those bits and their remainder.
    private final long[] mod = new long[256];

    public Chunker(Polynomial polynomial) {
        long bits = polynomial.bits();
        for (int b = 0; b < 256; b++) {
            long hash = Polynomial.mod(b, bits);
            for (int i = 0; i < WINDOW; i++) {
                hash = Polynomial.mod(hash << 8, bits);
            }
            out[b] = hash;
            long high = (long) b << Polynomial.DEGREE;
            mod[b] = Polynomial.mod(high, bits) | high;
        }
    }

    /// Looks for the end of the chunk that starts at `data[start]`.
    ///
    /// Call it as bytes arrive: first with `scanned` 0, then with the `available` of the call before. A cut
    /// depends only on the 64 bytes before it, so nothing else has to be remembered.
    ///
    /// @param scanned   bytes of this chunk that earlier calls already looked at
    /// @param available bytes of this chunk present now
    /// @return length of the chunk, or -1 when `available` bytes hold no cut yet (then `available < MAX_BYTES`)
    public int cut(byte[] data, int start, int scanned, int available) {
        Objects.checkFromIndexSize(start, available, data.length);
        int end = start + Math.min(available, MAX_BYTES);
        // `place` is the index just behind the last byte of a possible chunk.
        int place = start + Math.max(MIN_BYTES, scanned + 1);
        while (place <= end) {
            int block = Math.min(BLOCK, end - place + 1);
            int found = block == BLOCK ? scanBlock(data, place) : scan(data, place, block);
            if (found >= 0) {
                return found - start;
            }
            place += block;
        }
        return available >= MAX_BYTES ? MAX_BYTES : -1;
    }

    /// Tests `count` places from `place` on, one after the other.
    ///
    /// @return the first cut, or -1
    private int scan(byte[] data, int place, int count) {
        long hash = window(data, place - 1);
        for (int i = place; i < place + count; i++) {
            hash = slide(hash, data[i - 1], data[i - 1 - WINDOW]);
            if ((hash & SPLIT_MASK) == 0) {
                return i;
            }
        }
        return -1;
    }

    /// Tests [#BLOCK] places from `place` on, three at a time.
    ///
    /// @return the first cut, or -1
    private int scanBlock(byte[] data, int place) {
        long[] mod = this.mod;
        long[] out = this.out;
        // An index below a length that is known to be one more needs no check.
        int modTop = mod.length - 1;
        int outTop = out.length - 1;
        int from = place - 1;
        long h0 = window(data, from);
        long h1 = window(data, from + STRIPE);
        long h2 = window(data, from + 2 * STRIPE);
        for (int i = from; i < from + STRIPE; i++) {
            h0 = ((h0 << 8) | (data[i] & 0xff)) ^ mod[(int) (h0 >>> SHIFT) & modTop] ^ out[data[i - WINDOW] & outTop];
            h1 = ((h1 << 8) | (data[i + STRIPE] & 0xff))
                    ^ mod[(int) (h1 >>> SHIFT) & modTop]
                    ^ out[data[i + STRIPE - WINDOW] & outTop];
            h2 = ((h2 << 8) | (data[i + 2 * STRIPE] & 0xff))
                    ^ mod[(int) (h2 >>> SHIFT) & modTop]
                    ^ out[data[i + 2 * STRIPE - WINDOW] & outTop];
            if ((h0 & SPLIT_MASK) == 0 || (h1 & SPLIT_MASK) == 0 || (h2 & SPLIT_MASK) == 0) {
                int hit = (h0 & SPLIT_MASK) == 0 ? 0 : (h1 & SPLIT_MASK) == 0 ? 1 : 2;
                return firstCut(data, place, hit, i - from);
            }
        }
        return -1;
    }

    /// A cut was found at step `step` of stripe `hit`; the stripes before it are only tested up to that step.
    private int firstCut(byte[] data, int place, int hit, int step) {
        for (int earlier = 0; earlier < hit; earlier++) {
            int found = scan(data, place + earlier * STRIPE + step, STRIPE - step);
            if (found >= 0) {
                return found;
            }
        }
        return place + hit * STRIPE + step;
    }

    /// The hash of the 64 bytes before `end`.
    private long window(byte[] data, int end) {
        long hash = 0;
        for (int i = end - WINDOW; i < end; i++) {
            hash = ((hash << 8) | (data[i] & 0xff)) ^ mod[(int) (hash >>> SHIFT)];
        }
        return hash;
    }

    /// Takes one byte into the window and the one 64 places before it out. (restic takes it out first; the hash is
    /// linear, so taking its shifted contribution out afterwards is the same and waits for nothing.)
    private long slide(long hash, byte in, byte gone) {
        return ((hash << 8) | (in & 0xff)) ^ mod[(int) (hash >>> SHIFT)] ^ out[gone & 0xff];
    }
}
