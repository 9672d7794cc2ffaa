package dev.reprise.sources.redis;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// Checks an RDB as it passes by without looking at its content: header, end opcode and checksum. Holds for every
/// version, also ones whose content is not known. Belongs to one thread.
final class RdbEnvelope {
    private static final int CHECKSUM_BYTES = 8;
    private static final int EOF_OPCODE = 0xFF;
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private final Crc64 crc = new Crc64();
    private final byte[] header = new byte[RdbVersion.HEADER_BYTES];
    private final byte[] tail = new byte[CHECKSUM_BYTES]; // the last bytes so far: the checksum, if the end is near
    private int tailLength;
    private int lastBeforeTail;
    private long length;
    private @Nullable RdbVersion version;

    /// @throws RdbFormatException as soon as the first bytes are no header
    void update(byte[] bytes, int offset, int count) throws RdbFormatException {
        for (int i = 0; i < count && length + i < header.length; i++) {
            header[(int) length + i] = bytes[offset + i];
        }
        length += count;
        if (version == null && length >= header.length) {
            version = RdbVersion.parse(header);
        }
        int fromTail = Math.clamp((long) tailLength + count - CHECKSUM_BYTES, 0, tailLength);
        checksum(tail, 0, fromTail);
        System.arraycopy(tail, fromTail, tail, 0, tailLength - fromTail);
        tailLength -= fromTail;
        int toTail = Math.min(count, CHECKSUM_BYTES - tailLength);
        checksum(bytes, offset, count - toTail);
        System.arraycopy(bytes, offset + count - toTail, tail, tailLength, toTail);
        tailLength += toTail;
    }

    private void checksum(byte[] bytes, int offset, int count) {
        if (count > 0) {
            crc.update(bytes, offset, count);
            lastBeforeTail = bytes[offset + count - 1] & 0xFF;
        }
    }

    /// @return whether a checksum vouches for the content; false if the server writes none
    /// @throws RdbFormatException if what passed by is not a whole, undamaged RDB
    boolean finish() throws RdbFormatException {
        if (version == null || lastBeforeTail != EOF_OPCODE) {
            throw RdbFormatException.damaged("it is cut off after " + length + " bytes");
        }
        long recorded = (long) LONG.get(tail, 0);
        if (recorded != 0 && recorded != crc.value()) {
            throw RdbFormatException.damaged(
                    "checksum %016x is recorded, the content has %016x".formatted(recorded, crc.value()));
        }
        return recorded != 0;
    }

    /// Null until nine bytes have passed.
    @Nullable
    RdbVersion version() {
        return version;
    }
}
