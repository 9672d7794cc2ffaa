package dev.reprise.repository.chunk;

import java.util.Objects;

/// Finds where chunks end. Immutable and safe for many threads; one per repository.
///
/// The Rabin fingerprint of restic's 64-byte window decides. restic starts hashing 64 bytes before the minimum
/// and ignores earlier candidates, so whether a place is a cut depends on the 64 bytes before it alone, and
/// places can be tested in any order. One running hash is a chain of dependent table look-ups that keeps a core
/// mostly idle; eight hashes started at eight places of a block keep it busy, which is about four times as fast.
public final class Chunker {
    public static final int MIN_BYTES = 512 * 1024;
    public static final int MAX_BYTES = 8 * 1024 * 1024;

    private static final int WINDOW = 64;
    private static final int STRIPES = 8;
    /// Looked at together; bounds what is hashed in vain behind a cut.
    private static final int BLOCK = 64 * 1024;
    /// Below this the eight starting windows cost more than they save.
    private static final int SMALLEST_BLOCK = 8 * 1024;

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
            int block = Math.min(BLOCK, end - place + 1) & -STRIPES;
            int found;
            if (block >= SMALLEST_BLOCK) {
                found = scanBlock(data, place, block / STRIPES);
            } else {
                block = end - place + 1;
                found = scan(data, place, block);
            }
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

    /// Tests `STRIPES * stripe` places from `place` on, eight at a time.
    ///
    /// @return the first cut, or -1
    private int scanBlock(byte[] data, int place, int stripe) {
        int p0 = place - 1;
        int p1 = p0 + stripe;
        int p2 = p1 + stripe;
        int p3 = p2 + stripe;
        int p4 = p3 + stripe;
        int p5 = p4 + stripe;
        int p6 = p5 + stripe;
        int p7 = p6 + stripe;
        long h0 = window(data, p0);
        long h1 = window(data, p1);
        long h2 = window(data, p2);
        long h3 = window(data, p3);
        long h4 = window(data, p4);
        long h5 = window(data, p5);
        long h6 = window(data, p6);
        long h7 = window(data, p7);
        for (int i = 0; i < stripe; i++) {
            h0 = slide(h0, data[p0 + i], data[p0 + i - WINDOW]);
            if ((h0 & SPLIT_MASK) == 0) {
                return place + i;
            }
            h1 = slide(h1, data[p1 + i], data[p1 + i - WINDOW]);
            if ((h1 & SPLIT_MASK) == 0) {
                return firstCut(data, place, stripe, 1, i);
            }
            h2 = slide(h2, data[p2 + i], data[p2 + i - WINDOW]);
            if ((h2 & SPLIT_MASK) == 0) {
                return firstCut(data, place, stripe, 2, i);
            }
            h3 = slide(h3, data[p3 + i], data[p3 + i - WINDOW]);
            if ((h3 & SPLIT_MASK) == 0) {
                return firstCut(data, place, stripe, 3, i);
            }
            h4 = slide(h4, data[p4 + i], data[p4 + i - WINDOW]);
            if ((h4 & SPLIT_MASK) == 0) {
                return firstCut(data, place, stripe, 4, i);
            }
            h5 = slide(h5, data[p5 + i], data[p5 + i - WINDOW]);
            if ((h5 & SPLIT_MASK) == 0) {
                return firstCut(data, place, stripe, 5, i);
            }
            h6 = slide(h6, data[p6 + i], data[p6 + i - WINDOW]);
            if ((h6 & SPLIT_MASK) == 0) {
                return firstCut(data, place, stripe, 6, i);
            }
            h7 = slide(h7, data[p7 + i], data[p7 + i - WINDOW]);
            if ((h7 & SPLIT_MASK) == 0) {
                return firstCut(data, place, stripe, 7, i);
            }
        }
        return -1;
    }

    /// A cut was found at step `step` of stripe `hit`; the stripes before it are only tested up to that step.
    private int firstCut(byte[] data, int place, int stripe, int hit, int step) {
        for (int earlier = 0; earlier < hit; earlier++) {
            int found = scan(data, place + earlier * stripe + step, stripe - step);
            if (found >= 0) {
                return found;
            }
        }
        return place + hit * stripe + step;
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
