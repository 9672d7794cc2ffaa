package dev.reprise.repository.crypto;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Poly1305 over one message at a time (D. J. Bernstein, "The Poly1305-AES message-authentication code"; RFC 8439,
/// section 2.5). Reusable, not thread-safe.
///
/// The accumulator is 130 bits in three words `h2:h1:h0`. The clamped `r` has 60 and 60 significant bits, so every
/// sum of products below fits 128 bits without a carry out.
final class Poly1305 implements Tagger {
    private static final int BLOCK_BYTES = 16;
    /// Long loops are handed over in slices, so that the compiled body is entered soon.
    private static final int SLICE_BYTES = 16 * 1024;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private final long r0;
    private final long r1;
    /// `r1 * 5 / 4`: what `r1 * 2^128` is modulo the prime, as the two low bits of the clamped `r1` are zero.
    private final long s1;

    private final byte[] lastBlock = new byte[BLOCK_BYTES];
    private long h0;
    private long h1;
    private long h2;

    /// @param r 16 bytes, clamped here
    Poly1305(byte[] r) {
        r0 = (long) WORD.get(r, 0) & 0x0ffffffc0fffffffL;
        r1 = (long) WORD.get(r, 8) & 0x0ffffffc0ffffffcL;
        s1 = r1 + (r1 >>> 2);
    }

    @Override
    public void tag(byte[] message, int offset, int length, byte[] s, byte[] tag, int tagOffset) {
        h0 = 0;
        h1 = 0;
        h2 = 0;
        int wholeEnd = offset + (length & -BLOCK_BYTES);
        for (int at = offset; at < wholeEnd; at += SLICE_BYTES) {
            blocks(message, at, Math.min(wholeEnd, at + SLICE_BYTES), 1);
        }
        int rest = length & (BLOCK_BYTES - 1);
        if (rest > 0) {
            lastBlock(message, wholeEnd, rest);
        }
        finish(s, tag, tagOffset);
    }

    private void lastBlock(byte[] message, int offset, int length) {
        Arrays.fill(lastBlock, (byte) 0);
        System.arraycopy(message, offset, lastBlock, 0, length);
        lastBlock[length] = 1;
        blocks(lastBlock, 0, BLOCK_BYTES, 0);
    }

    /// @param topBit 1 for whole blocks: the bit above their 128
    private void blocks(byte[] message, int from, int to, int topBit) {
        final long r0 = this.r0;
        final long r1 = this.r1;
        final long s1 = this.s1;
        long h0 = this.h0;
        long h1 = this.h1;
        long h2 = this.h2;
        for (int at = from; at < to; at += BLOCK_BYTES) {
            // h += block
            long m0 = (long) WORD.get(message, at);
            long m1 = (long) WORD.get(message, at + 8);
            h0 += m0;
            long carry = lessUnsigned(h0, m0);
            h1 += carry;
            h2 += lessUnsigned(h1, carry);
            h1 += m1;
            h2 += lessUnsigned(h1, m1) + topBit;

            // h *= r; h2 is at most 4, so h2 * s1 and h2 * r0 fit 64 bits
            long low = h0 * r0;
            long high = Math.unsignedMultiplyHigh(h0, r0);
            long part = h1 * s1;
            long d0 = low + part;
            high += Math.unsignedMultiplyHigh(h1, s1) + lessUnsigned(d0, part);

            long low1 = h0 * r1;
            long high1 = Math.unsignedMultiplyHigh(h0, r1);
            part = h1 * r0;
            low1 += part;
            high1 += Math.unsignedMultiplyHigh(h1, r0) + lessUnsigned(low1, part);
            part = h2 * s1;
            low1 += part;
            high1 += lessUnsigned(low1, part);
            low1 += high;
            high1 += lessUnsigned(low1, high);

            // fold everything from bit 130 up: 2^130 is 5
            h2 = h2 * r0 + high1;
            long fold = (h2 >>> 2) + (h2 & ~3L);
            h2 &= 3;
            h0 = d0 + fold;
            carry = lessUnsigned(h0, fold);
            h1 = low1 + carry;
            h2 += lessUnsigned(h1, carry);
        }
        this.h0 = h0;
        this.h1 = h1;
        this.h2 = h2;
    }

    /// Reduces to below 2^130 - 5 and adds `s` modulo 2^128.
    private void finish(byte[] s, byte[] tag, int tagOffset) {
        long g0 = h0 + 5;
        long carry = lessUnsigned(g0, 5);
        long g1 = h1 + carry;
        long g2 = h2 + lessUnsigned(g1, carry);
        long reduced = -((g2 >>> 2) & 1); // all ones when h was at least the prime
        long t0 = (h0 & ~reduced) | (g0 & reduced);
        long t1 = (h1 & ~reduced) | (g1 & reduced);
        long s0 = (long) WORD.get(s, 0);
        long sum = t0 + s0;
        WORD.set(tag, tagOffset, sum);
        WORD.set(tag, tagOffset + 8, t1 + (long) WORD.get(s, 8) + lessUnsigned(sum, s0));
    }

    /// 1 if `a` is below `b` as unsigned numbers: the carry of a sum `a` that had the summand `b`.
    private static long lessUnsigned(long a, long b) {
        return Long.compareUnsigned(a, b) < 0 ? 1 : 0;
    }
}
