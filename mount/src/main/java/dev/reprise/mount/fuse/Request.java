package dev.reprise.mount.fuse;

import dev.reprise.base.RawName;
import java.nio.ByteBuffer;

/// One request as the kernel wrote it: `struct fuse_in_header`, then what belongs to the operation. Valid until the
/// next is read into the same buffer.
final class Request {
    static final int HEADER_BYTES = 40;
    private static final int OPCODE = 4;
    private static final int UNIQUE = 8;
    private static final int NODE = 16;

    private final ByteBuffer bytes;

    /// @param bytes from the header to the end of the request, in the machine's order
    Request(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    int opcode() {
        return bytes.getInt(OPCODE);
    }

    long unique() {
        return bytes.getLong(UNIQUE);
    }

    long node() {
        return bytes.getLong(NODE);
    }

    int intAt(int offset) {
        return bytes.getInt(HEADER_BYTES + offset);
    }

    long longAt(int offset) {
        return bytes.getLong(HEADER_BYTES + offset);
    }

    /// The bytes from `offset` to the zero byte that ends them.
    RawName nameAt(int offset) {
        int from = HEADER_BYTES + offset;
        int to = from;
        while (to < bytes.limit() && bytes.get(to) != 0) {
            to++;
        }
        byte[] name = new byte[to - from];
        bytes.get(from, name);
        return RawName.of(name);
    }
}
