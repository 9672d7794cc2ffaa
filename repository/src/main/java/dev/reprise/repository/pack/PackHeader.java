package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.model.BlobType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// The header of a pack: one entry per blob, in the order of the blobs (repository format, section 5.2).
///
/// An entry is type (1 byte), stored length (4, little-endian, unsigned), for a compressed blob its plaintext
/// length (4), and the id (32). Offsets follow from adding up the lengths.
final class PackHeader {
    /// Largest sealed header. Readers refuse longer ones.
    static final int MAX_SEALED_BYTES = 16 * 1024 * 1024;

    static final int RAW_ENTRY_BYTES = 37;
    static final int COMPRESSED_ENTRY_BYTES = 41;

    /// A pack with this many blobs is full, whatever its size.
    static final int MAX_ENTRIES = (MAX_SEALED_BYTES - Sealer.OVERHEAD) / COMPRESSED_ENTRY_BYTES;

    private static final byte RAW_DATA = 0;
    private static final byte RAW_TREE = 1;
    private static final byte COMPRESSED_DATA = 2;
    private static final byte COMPRESSED_TREE = 3;

    private PackHeader() {}

    static byte[] encode(PackEntries entries) {
        var out = ByteBuffer.allocate(entries.size() * COMPRESSED_ENTRY_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < entries.size(); i++) {
            boolean compressed = entries.uncompressedLength(i) != 0;
            out.put(typeByte(entries.type(i), compressed));
            out.putInt(entries.length(i));
            if (compressed) {
                out.putInt(entries.uncompressedLength(i));
            }
            entries.id(i).writeTo(out.array(), out.position());
            out.position(out.position() + ObjectId.BYTES);
        }
        byte[] header = new byte[out.position()];
        out.get(0, header);
        return header;
    }

    /// @param version of the repository: 1 knows no compressed entries
    /// @throws MalformedHeaderException with what is wrong and in which entry
    static PackEntries decode(byte[] header, int version) throws MalformedHeaderException {
        var in = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        var entries = new PackEntries();
        long offset = 0;
        while (in.hasRemaining()) {
            byte type = in.get();
            boolean compressed = type == COMPRESSED_DATA || type == COMPRESSED_TREE;
            if (type < RAW_DATA || type > COMPRESSED_TREE || (compressed && version == 1)) {
                throw malformed(entries, "has the unknown type " + (type & 0xff));
            }
            if (in.remaining() < (compressed ? COMPRESSED_ENTRY_BYTES : RAW_ENTRY_BYTES) - 1) {
                throw malformed(entries, "is cut off");
            }
            long length = Integer.toUnsignedLong(in.getInt());
            long uncompressed = compressed ? Integer.toUnsignedLong(in.getInt()) : 0;
            check(entries, offset, length, uncompressed);
            ObjectId id = ObjectId.of(header, in.position());
            in.position(in.position() + ObjectId.BYTES);
            entries.add(blobType(type), id, offset, (int) length, (int) uncompressed);
            offset += length;
        }
        return entries;
    }

    private static void check(PackEntries entries, long offset, long length, long uncompressed)
            throws MalformedHeaderException {
        if (length < Sealer.OVERHEAD) {
            throw malformed(entries, "has length " + length + ", shorter than its own seal");
        }
        if (length > Integer.MAX_VALUE || uncompressed > Integer.MAX_VALUE) {
            throw malformed(entries, "is a blob of 2 GiB or more");
        }
        if (offset > 0xFFFF_FFFFL) {
            throw malformed(entries, "starts behind 4 GiB");
        }
    }

    private static byte typeByte(BlobType type, boolean compressed) {
        return switch (type) {
            case DATA -> compressed ? COMPRESSED_DATA : RAW_DATA;
            case TREE -> compressed ? COMPRESSED_TREE : RAW_TREE;
        };
    }

    private static BlobType blobType(byte type) {
        return type == RAW_DATA || type == COMPRESSED_DATA ? BlobType.DATA : BlobType.TREE;
    }

    private static MalformedHeaderException malformed(PackEntries entries, String fact) {
        return new MalformedHeaderException("entry " + entries.size() + " " + fact);
    }

    /// A header that authenticates but does not follow the format.
    static final class MalformedHeaderException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedHeaderException(String fact) {
            super(fact);
        }
    }
}
