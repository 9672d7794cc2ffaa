package dev.reprise.operations.selftest;

import com.github.luben.zstd.Zstd;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.Sealer;
import java.security.SecureRandom;
import java.util.function.LongSupplier;

/// How fast one thread of this machine is at what a backup does to every byte. Bytes per second.
///
/// @param hash       SHA-256
/// @param cipher     AES-256 in counter mode with Poly1305
/// @param compress   zstd, level 3, on text
/// @param decompress the way back, counted in plain bytes
public record Throughput(double hash, double cipher, double compress, double decompress) {
    private static final int BLOCK_BYTES = 1 << 20;
    private static final int WARM_UP_ROUNDS = 8;
    private static final int ROUNDS = 32;
    private static final int LEVEL = 3;
    private static final double NANOS_PER_SECOND = 1e9;

    /// Works on 40 MiB for each of them.
    ///
    /// @param nanoTime a clock that never goes back
    static Throughput measure(SecureRandom random, LongSupplier nanoTime) {
        byte[] noise = new byte[BLOCK_BYTES];
        random.nextBytes(noise);
        byte[] text = text();
        byte[] packed = Zstd.compress(text, LEVEL);
        byte[] master = new byte[KeySet.BYTES];
        random.nextBytes(master);
        try (KeySet keys = KeySet.of(master)) {
            var sealer = new Sealer(keys, random);
            byte[] sealed = new byte[BLOCK_BYTES + Sealer.OVERHEAD];
            requireSame(sealer, noise);
            return new Throughput(
                    rate(nanoTime, () -> ObjectId.hash(noise).hashCode()),
                    rate(nanoTime, () -> sealer.seal(noise, 0, noise.length, sealed, 0)),
                    rate(nanoTime, () -> Zstd.compress(text, LEVEL).length),
                    rate(nanoTime, () -> Zstd.decompress(packed, text.length).length));
        }
    }

    private static void requireSame(Sealer sealer, byte[] plain) {
        try {
            if (!ObjectId.hash(sealer.open(sealer.seal(plain))).equals(ObjectId.hash(plain))) {
                throw new IllegalStateException("what was sealed opened to something else");
            }
        } catch (ForgedException e) {
            throw new IllegalStateException("what was sealed does not open", e);
        }
    }

    private static byte[] text() {
        byte[] text = new byte[BLOCK_BYTES];
        long state = 1;
        for (int i = 0; i < text.length; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            text[i] = (byte) "etaoin shrdlu\n".charAt((int) (state >>> 33) % 14);
        }
        return text;
    }

    /// The sum keeps the compiler from leaving the work out.
    private static double rate(LongSupplier nanoTime, LongSupplier work) {
        long sum = 0;
        for (int i = 0; i < WARM_UP_ROUNDS; i++) {
            sum += work.getAsLong();
        }
        long start = nanoTime.getAsLong();
        for (int i = 0; i < ROUNDS; i++) {
            sum += work.getAsLong();
        }
        long nanos = Math.max(1, nanoTime.getAsLong() - start);
        return sum == Long.MIN_VALUE ? 0 : ROUNDS * (double) BLOCK_BYTES * NANOS_PER_SECOND / nanos;
    }
}
