package dev.reprise.repository.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads hexadecimal text eight digits at a time.
public final class HexDigits {
    /// How many [#eight] reads.
    public static final int EIGHT = 8;

    private static final VarHandle TEXT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    private HexDigits() {}

    /// @return the value of the eight digits at `at`; -1 if one of them is no digit or an upper-case letter
    /// @throws IndexOutOfBoundsException if fewer than eight bytes are there
    public static long eight(byte[] ascii, int at) {
        long text = (long) TEXT.get(ascii, at);
        // The low half of '0'…'9' is the value; that of 'a'…'f', which have bit 6, is the value less 9.
        long letters = (text >>> 6) & 0x0101010101010101L;
        long values = (text & 0x0F0F0F0F0F0F0F0FL) + letters * 9;
        // Written again, values of 10 and more as letters, it must be the same text.
        long tens = ((values + 0x0606060606060606L) >>> 4) & 0x0101010101010101L;
        if ((values & 0xF0F0F0F0F0F0F0F0L) != 0 || values + 0x3030303030303030L + tens * ('a' - '0' - 10) != text) {
            return -1;
        }
        long pairs = (values | (values >>> 4)) & 0x00FF00FF00FF00FFL;
        long fours = (pairs | (pairs >>> 8)) & 0x0000FFFF0000FFFFL;
        return (fours | (fours >>> 16)) & 0xFFFF_FFFFL;
    }
}
