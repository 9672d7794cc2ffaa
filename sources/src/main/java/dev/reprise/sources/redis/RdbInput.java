package dev.reprise.sources.redis;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// The smallest parts of an RDB: numbers, lengths and strings. Buffers on its own.
final class RdbInput {
    private static final long MAX_STRING_BYTES = 1 << 30; // twice what a server accepts unless told otherwise
    private static final int BUFFER_BYTES = 64 << 10;
    private static final int LENGTH_IS_SPECIAL = 3;
    private static final int LZF = 3;

    private final InputStream stream;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private int special; // encoding of the string that follows, when length() met one

    RdbInput(InputStream stream) {
        this.stream = stream;
    }

    private void fill() throws IOException {
        limit = stream.read(buffer);
        position = 0;
        if (limit <= 0) {
            limit = 0;
            throw RdbFormatException.damaged("it ends too early");
        }
    }

    /// @throws RdbFormatException if anything follows
    void requireEnd() throws IOException {
        if (position < limit || stream.read() >= 0) {
            throw RdbFormatException.damaged("something follows its end");
        }
    }

    int unsignedByte() throws IOException {
        if (position == limit) {
            fill();
        }
        return buffer[position++] & 0xFF;
    }

    byte[] bytes(long count) throws IOException {
        if (count < 0 || count > MAX_STRING_BYTES) {
            throw RdbFormatException.damaged("a string of " + count + " bytes");
        }
        var bytes = new ByteArrayOutputStream((int) Math.min(count, BUFFER_BYTES)); // grows only with data
        pieces(count, (piece, from, length) -> bytes.write(piece, from, length));
        return bytes.toByteArray();
    }

    @FunctionalInterface
    interface PieceReader {
        void piece(byte[] buffer, int from, int length);
    }

    void pieces(long count, PieceReader reader) throws IOException {
        for (long left = count; left > 0; ) {
            if (position == limit) {
                fill();
            }
            int length = (int) Math.min(left, limit - position);
            reader.piece(buffer, position, length);
            position += length;
            left -= length;
        }
    }

    void skip(long count) throws IOException {
        pieces(count, (_, _, _) -> {});
    }

    long littleEndian(int width) throws IOException {
        byte[] bytes = new byte[Long.BYTES];
        for (int i = 0; i < width; i++) {
            bytes[i] = (byte) unsignedByte();
        }
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private long bigEndian(int width) throws IOException {
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = (value << 8) | unsignedByte();
        }
        return value;
    }

    /// A length or a number, variable width; unsigned.
    long length() throws IOException {
        long length = lengthOrSpecial();
        if (length < 0 && special >= 0) {
            throw RdbFormatException.damaged("a string where a length belongs");
        }
        return length;
    }

    /// A count of things that follow.
    long count() throws IOException {
        long count = length();
        if (count < 0) {
            throw RdbFormatException.damaged("a count of more than 2^63");
        }
        return count;
    }

    /// -1 with `special` set, when a string in another encoding follows; else `special` is -1.
    private long lengthOrSpecial() throws IOException {
        int first = unsignedByte();
        special = -1;
        return switch (first >> 6) {
            case 0 -> first;
            case 1 -> ((first & 0x3FL) << 8) | unsignedByte();
            case LENGTH_IS_SPECIAL -> {
                special = first & 0x3F;
                yield -1;
            }
            default ->
                switch (first) {
                    case 0x80 -> bigEndian(4);
                    case 0x81 -> bigEndian(8);
                    default -> throw RdbFormatException.damaged("length byte " + first);
                };
        };
    }

    byte[] string() throws IOException {
        long length = lengthOrSpecial();
        return special < 0 ? bytes(length) : specialString();
    }

    private byte[] specialString() throws IOException {
        if (special == LZF) {
            long compressed = count();
            long plain = count();
            if (plain > MAX_STRING_BYTES) {
                throw RdbFormatException.damaged("a string of " + plain + " bytes");
            }
            return Lzf.decompress(bytes(compressed), plain);
        }
        long number = switch (special) {
            case 0 -> (byte) littleEndian(1);
            case 1 -> (short) littleEndian(2);
            case 2 -> (int) littleEndian(4);
            default -> throw RdbFormatException.unknown("string encoding " + special);
        };
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    void skipString() throws IOException {
        long length = lengthOrSpecial();
        if (special < 0) {
            skip(length);
        } else if (special == LZF) {
            long compressed = count();
            length();
            skip(compressed);
        } else {
            specialString();
        }
    }
}
