package dev.reprise.repository.crypto;

import dev.reprise.base.CancelledException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Derives keys from a password with scrypt (RFC 7914).
///
/// The lanes are independent, so they run on all processors: opening a repository is half a second of this, and a
/// short command is little else. The large table of each lane lies outside the heap, which stays small.
public final class Scrypt {
    private static final int HASH_BYTES = 32;

    private Scrypt() {}

    /// @param password any bytes, also none; the caller wipes them
    /// @return `length` bytes; the caller wipes them
    /// @throws OutOfMemoryError if not even one lane's memory can be had
    public static byte[] derive(byte[] password, byte[] salt, ScryptParameters costs, int length) {
        byte[] input = pbkdf2(password, salt, 128 * costs.r() * costs.p());
        try {
            mixLanes(input, costs);
            return pbkdf2(password, input, length);
        } finally {
            Arrays.fill(input, (byte) 0);
        }
    }

    private static void mixLanes(byte[] input, ScryptParameters costs) {
        int workers = Math.min(costs.p(), Runtime.getRuntime().availableProcessors());
        AtomicInteger nextLane = new AtomicInteger();
        if (workers == 1) {
            work(input, costs, nextLane);
            return;
        }
        var names = Thread.ofPlatform().daemon().name("scrypt-", 1).factory();
        try (var threads = Executors.newFixedThreadPool(workers - 1, names)) {
            List<Future<?>> others = new ArrayList<>();
            for (int i = 1; i < workers; i++) {
                others.add(threads.submit(() -> workIfMemoryAllows(input, costs, nextLane)));
            }
            work(input, costs, nextLane);
            for (Future<?> other : others) {
                other.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a lane of scrypt failed", e.getCause());
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("deriving a key from the password");
        }
    }

    /// Without memory for a second table the first worker takes all lanes.
    private static void workIfMemoryAllows(byte[] input, ScryptParameters costs, AtomicInteger nextLane) {
        try {
            work(input, costs, nextLane);
        } catch (OutOfMemoryError tooLittle) {
            // Thrown by the allocation, before a lane was taken.
        }
    }

    private static void work(byte[] input, ScryptParameters costs, AtomicInteger nextLane) {
        try (Arena arena = Arena.ofConfined()) {
            Lane lane = new Lane(costs, arena.allocate(costs.laneBytes(), 64));
            for (int i = nextLane.getAndIncrement(); i < costs.p(); i = nextLane.getAndIncrement()) {
                lane.mix(ByteBuffer.wrap(input, i * 128 * costs.r(), 128 * costs.r())
                        .slice()
                        .order(ByteOrder.LITTLE_ENDIAN));
            }
        }
    }

    /// PBKDF2 with HMAC-SHA-256 and one iteration.
    private static byte[] pbkdf2(byte[] password, byte[] salt, int length) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            // HMAC pads keys with zeros, so one zero byte stands for the empty password the JDK refuses.
            mac.init(new SecretKeySpec(password.length == 0 ? new byte[1] : password, "HmacSHA256"));
            byte[] out = new byte[length];
            byte[] counter = new byte[4];
            for (int done = 0, block = 1; done < length; done += HASH_BYTES, block++) {
                ByteBuffer.wrap(counter).putInt(block);
                mac.update(salt);
                byte[] hash = mac.doFinal(counter);
                System.arraycopy(hash, 0, out, done, Math.min(HASH_BYTES, length - done));
            }
            return out;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no HMAC-SHA-256", e);
        }
    }

    /// ROMix on one lane at a time, with the memory of one worker.
    ///
    /// A derivation is over before the JVM would by itself have compiled this well, so the launcher has it compiled
    /// after a few calls. Hence its shape: what is called often has next to no loops, which would be compiled once
    /// more for being entered in the middle.
    private static final class Lane {
        private final int r;
        private final int n;
        private final MemorySegment table;
        private final long blockBytes;
        private final int[] state = new int[16];
        private int[] block;
        private int[] mixed;
        /// What the block is combined with: a row of the table, zeros while that is filled.
        private final int[] row;

        Lane(ScryptParameters costs, MemorySegment table) {
            this.r = costs.r();
            this.n = costs.n();
            this.table = table;
            this.blockBytes = 128L * r;
            this.block = new int[32 * r];
            this.mixed = new int[32 * r];
            this.row = new int[32 * r];
        }

        void mix(ByteBuffer lane) {
            lane.asIntBuffer().get(block);
            Arrays.fill(row, 0);
            for (int i = 0; i < n; i++) {
                fill(i);
            }
            for (int i = 0; i < n; i++) {
                look();
            }
            lane.asIntBuffer().put(block);
        }

        private void fill(int index) {
            MemorySegment.copy(block, 0, table, ValueLayout.JAVA_INT, index * blockBytes, block.length);
            blockMix();
        }

        private void look() {
            int index = block[(2 * r - 1) * 16] & (n - 1);
            MemorySegment.copy(table, ValueLayout.JAVA_INT, index * blockBytes, row, 0, row.length);
            blockMix();
        }

        /// BlockMix of `block ^ row`, to `block`.
        private void blockMix() {
            int last = (2 * r - 1) * 16;
            for (int i = 0; i < 16; i++) {
                state[i] = block[last + i] ^ row[last + i];
            }
            for (int i = 0; i < r; i++) {
                salsa(state, block, row, 32 * i, mixed, 16 * i);
                salsa(state, block, row, 32 * i + 16, mixed, 16 * (r + i));
            }
            int[] swap = block;
            block = mixed;
            mixed = swap;
        }

        /// Salsa20/8 of `state ^ in ^ row`, to `state` and `out`.
        private static void salsa(int[] state, int[] in, int[] row, int at, int[] out, int outAt) {
            int s0 = state[0] ^ in[at] ^ row[at];
            int s1 = state[1] ^ in[at + 1] ^ row[at + 1];
            int s2 = state[2] ^ in[at + 2] ^ row[at + 2];
            int s3 = state[3] ^ in[at + 3] ^ row[at + 3];
            int s4 = state[4] ^ in[at + 4] ^ row[at + 4];
            int s5 = state[5] ^ in[at + 5] ^ row[at + 5];
            int s6 = state[6] ^ in[at + 6] ^ row[at + 6];
            int s7 = state[7] ^ in[at + 7] ^ row[at + 7];
            int s8 = state[8] ^ in[at + 8] ^ row[at + 8];
            int s9 = state[9] ^ in[at + 9] ^ row[at + 9];
            int s10 = state[10] ^ in[at + 10] ^ row[at + 10];
            int s11 = state[11] ^ in[at + 11] ^ row[at + 11];
            int s12 = state[12] ^ in[at + 12] ^ row[at + 12];
            int s13 = state[13] ^ in[at + 13] ^ row[at + 13];
            int s14 = state[14] ^ in[at + 14] ^ row[at + 14];
            int s15 = state[15] ^ in[at + 15] ^ row[at + 15];
            int x0 = s0;
            int x1 = s1;
            int x2 = s2;
            int x3 = s3;
            int x4 = s4;
            int x5 = s5;
            int x6 = s6;
            int x7 = s7;
            int x8 = s8;
            int x9 = s9;
            int x10 = s10;
            int x11 = s11;
            int x12 = s12;
            int x13 = s13;
            int x14 = s14;
            int x15 = s15;
            for (int round = 0; round < 4; round++) {
                x4 ^= Integer.rotateLeft(x0 + x12, 7);
                x8 ^= Integer.rotateLeft(x4 + x0, 9);
                x12 ^= Integer.rotateLeft(x8 + x4, 13);
                x0 ^= Integer.rotateLeft(x12 + x8, 18);
                x9 ^= Integer.rotateLeft(x5 + x1, 7);
                x13 ^= Integer.rotateLeft(x9 + x5, 9);
                x1 ^= Integer.rotateLeft(x13 + x9, 13);
                x5 ^= Integer.rotateLeft(x1 + x13, 18);
                x14 ^= Integer.rotateLeft(x10 + x6, 7);
                x2 ^= Integer.rotateLeft(x14 + x10, 9);
                x6 ^= Integer.rotateLeft(x2 + x14, 13);
                x10 ^= Integer.rotateLeft(x6 + x2, 18);
                x3 ^= Integer.rotateLeft(x15 + x11, 7);
                x7 ^= Integer.rotateLeft(x3 + x15, 9);
                x11 ^= Integer.rotateLeft(x7 + x3, 13);
                x15 ^= Integer.rotateLeft(x11 + x7, 18);
                x1 ^= Integer.rotateLeft(x0 + x3, 7);
                x2 ^= Integer.rotateLeft(x1 + x0, 9);
                x3 ^= Integer.rotateLeft(x2 + x1, 13);
                x0 ^= Integer.rotateLeft(x3 + x2, 18);
                x6 ^= Integer.rotateLeft(x5 + x4, 7);
                x7 ^= Integer.rotateLeft(x6 + x5, 9);
                x4 ^= Integer.rotateLeft(x7 + x6, 13);
                x5 ^= Integer.rotateLeft(x4 + x7, 18);
                x11 ^= Integer.rotateLeft(x10 + x9, 7);
                x8 ^= Integer.rotateLeft(x11 + x10, 9);
                x9 ^= Integer.rotateLeft(x8 + x11, 13);
                x10 ^= Integer.rotateLeft(x9 + x8, 18);
                x12 ^= Integer.rotateLeft(x15 + x14, 7);
                x13 ^= Integer.rotateLeft(x12 + x15, 9);
                x14 ^= Integer.rotateLeft(x13 + x12, 13);
                x15 ^= Integer.rotateLeft(x14 + x13, 18);
            }
            x0 += s0;
            state[0] = x0;
            out[outAt] = x0;
            x1 += s1;
            state[1] = x1;
            out[outAt + 1] = x1;
            x2 += s2;
            state[2] = x2;
            out[outAt + 2] = x2;
            x3 += s3;
            state[3] = x3;
            out[outAt + 3] = x3;
            x4 += s4;
            state[4] = x4;
            out[outAt + 4] = x4;
            x5 += s5;
            state[5] = x5;
            out[outAt + 5] = x5;
            x6 += s6;
            state[6] = x6;
            out[outAt + 6] = x6;
            x7 += s7;
            state[7] = x7;
            out[outAt + 7] = x7;
            x8 += s8;
            state[8] = x8;
            out[outAt + 8] = x8;
            x9 += s9;
            state[9] = x9;
            out[outAt + 9] = x9;
            x10 += s10;
            state[10] = x10;
            out[outAt + 10] = x10;
            x11 += s11;
            state[11] = x11;
            out[outAt + 11] = x11;
            x12 += s12;
            state[12] = x12;
            out[outAt + 12] = x12;
            x13 += s13;
            state[13] = x13;
            out[outAt + 13] = x13;
            x14 += s14;
            state[14] = x14;
            out[outAt + 14] = x14;
            x15 += s15;
            state[15] = x15;
            out[outAt + 15] = x15;
        }
    }
}
