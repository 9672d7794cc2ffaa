package dev.reprise.sources.redis;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// CRC-64 with the Jones polynomial 0xad93d23594c935a9, reflected, starting at 0: the checksum of an RDB.
///
/// Eight bytes at a time by eight tables (Intel's slicing-by-8).
final class Crc64 {
    private static final long REFLECTED_POLYNOMIAL = 0x95ac9329ac4bc9b5L;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final long[][] TABLES = tables();

    private long value;

    private static long[][] tables() {
        var tables = new long[8][256];
        for (int n = 0; n < 256; n++) {
            long crc = n;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ REFLECTED_POLYNOMIAL;
            }
            tables[0][n] = crc;
        }
        for (int n = 0; n < 256; n++) {
            for (int k = 1; k < 8; k++) {
                long previous = tables[k - 1][n];
                tables[k][n] = tables[0][(int) (previous & 0xFF)] ^ (previous >>> 8);
            }
        }
        return tables;
    }

    void update(byte[] bytes, int offset, int length) {
        long crc = value;
        int at = offset;
        int end = offset + length;
        for (; end - at >= 8; at += 8) {
            crc ^= (long) LONGS.get(bytes, at);
            long next = 0;
            for (int k = 0; k < 8; k++) {
                next ^= TABLES[7 - k][(int) (crc >>> (8 * k)) & 0xFF];
            }
            crc = next;
        }
        for (; at < end; at++) {
            crc = TABLES[0][(int) (crc ^ bytes[at]) & 0xFF] ^ (crc >>> 8);
        }
        value = crc;
    }

    long value() {
        return value;
    }
}
