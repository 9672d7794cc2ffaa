package dev.reprise.sources.redis;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// The compact encodings of small collections: several elements in one string of an RDB. Numbers become their decimal
/// text, as clients see them.
final class PackedElements {
    private static final int END = 0xFF;

    private final ByteBuffer bytes;
    private final List<byte[]> elements = new ArrayList<>();

    private PackedElements(byte[] packed) {
        this.bytes = ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN);
    }

    @FunctionalInterface
    private interface Decoder {
        void decode(PackedElements packed) throws RdbFormatException;
    }

    private static List<byte[]> decoded(byte[] packed, Decoder decoder) throws RdbFormatException {
        var elements = new PackedElements(packed);
        try {
            decoder.decode(elements);
        } catch (BufferUnderflowException | IllegalArgumentException | NegativeArraySizeException e) {
            throw damaged();
        }
        return elements.elements;
    }

    private static RdbFormatException damaged() {
        return RdbFormatException.damaged("a packed collection");
    }

    static List<byte[]> ofListpack(byte[] packed) throws RdbFormatException {
        return decoded(packed, PackedElements::listpack);
    }

    static List<byte[]> ofZiplist(byte[] packed) throws RdbFormatException {
        return decoded(packed, PackedElements::ziplist);
    }

    static List<byte[]> ofIntset(byte[] packed) throws RdbFormatException {
        return decoded(packed, PackedElements::intset);
    }

    static List<byte[]> ofZipmap(byte[] packed) throws RdbFormatException {
        return decoded(packed, PackedElements::zipmap);
    }

    private int unsigned() {
        return bytes.get() & 0xFF;
    }

    private void text(int length) throws RdbFormatException {
        if (length < 0 || length > bytes.remaining()) {
            throw damaged();
        }
        byte[] text = new byte[length];
        bytes.get(text);
        elements.add(text);
    }

    private void number(long value) {
        elements.add(Long.toString(value).getBytes(StandardCharsets.US_ASCII));
    }

    private int int24() {
        int low = bytes.getShort() & 0xFFFF;
        return (bytes.get() << 16) | low;
    }

    /// Total bytes (4), elements (2), the elements each followed by its own length for reading backwards, 0xFF.
    private void listpack() throws RdbFormatException {
        bytes.position(6);
        for (int first = unsigned(); first != END; first = unsigned()) {
            int start = bytes.position() - 1;
            listpackElement(first);
            bytes.position(bytes.position() + backLengthBytes(bytes.position() - start));
        }
    }

    private void listpackElement(int first) throws RdbFormatException {
        if (first < 0x80) {
            number(first);
        } else if (first < 0xC0) {
            text(first & 0x3F);
        } else if (first < 0xE0) {
            int value = ((first & 0x1F) << 8) | unsigned();
            number(value >= 1 << 12 ? value - (1 << 13) : value);
        } else if (first < 0xF0) {
            text(((first & 0x0F) << 8) | unsigned());
        } else {
            switch (first) {
                case 0xF0 -> text(bytes.getInt());
                case 0xF1 -> number(bytes.getShort());
                case 0xF2 -> number(int24());
                case 0xF3 -> number(bytes.getInt());
                case 0xF4 -> number(bytes.getLong());
                default -> throw damaged();
            }
        }
    }

    private static int backLengthBytes(int length) {
        if (length <= 127) {
            return 1;
        } else if (length < 16383) {
            return 2;
        } else if (length < 2097151) {
            return 3;
        }
        return length < 268435455 ? 4 : 5;
    }

    /// Total bytes (4), offset of the last element (4), elements (2), the elements each preceded by the length of the
    /// one before, 0xFF.
    private void ziplist() throws RdbFormatException {
        bytes.position(10);
        for (int first = unsigned(); first != END; first = unsigned()) {
            if (first == 0xFE) {
                bytes.getInt();
            }
            ziplistElement(unsigned());
        }
    }

    private void ziplistElement(int encoding) throws RdbFormatException {
        switch (encoding >> 6) {
            case 0 -> text(encoding);
            case 1 -> text(((encoding & 0x3F) << 8) | unsigned());
            case 2 -> text(Integer.reverseBytes(bytes.getInt()));
            default -> {
                switch (encoding) {
                    case 0xC0 -> number(bytes.getShort());
                    case 0xD0 -> number(bytes.getInt());
                    case 0xE0 -> number(bytes.getLong());
                    case 0xF0 -> number(int24());
                    case 0xFE -> number(bytes.get());
                    default -> immediate(encoding);
                }
            }
        }
    }

    private void immediate(int encoding) throws RdbFormatException {
        if (encoding < 0xF1 || encoding > 0xFD) {
            throw damaged();
        }
        number((encoding & 0x0F) - 1);
    }

    /// Bytes per number (4), numbers (4), the numbers.
    private void intset() throws RdbFormatException {
        int width = bytes.getInt();
        int count = bytes.getInt();
        for (int i = 0; i < count; i++) {
            switch (width) {
                case 2 -> number(bytes.getShort());
                case 4 -> number(bytes.getInt());
                case 8 -> number(bytes.getLong());
                default -> throw damaged();
            }
        }
    }

    /// Entries (1), then field and value in turn, each value with a count of unused bytes after it, 0xFF.
    private void zipmap() throws RdbFormatException {
        unsigned();
        for (int first = unsigned(); first != END; first = unsigned()) {
            text(zipmapLength(first));
            int length = zipmapLength(unsigned());
            int unused = unsigned();
            text(length);
            bytes.position(bytes.position() + unused);
        }
    }

    private int zipmapLength(int first) {
        return first < 254 ? first : bytes.getInt();
    }
}
