package dev.reprise.mount.fuse;

import dev.reprise.base.RawName;
import java.nio.ByteBuffer;

/// One reply in the making: `struct fuse_out_header`, then what belongs to the operation. One thread's, used again for
/// each request.
final class Reply {
    static final int HEADER_BYTES = 16;
    static final int ATTRIBUTES_BYTES = 88;
    /// `struct fuse_entry_out` before its attributes.
    private static final int ENTRY_BYTES = 40;

    private static final int DIRENT_BYTES = 24;
    private static final int BLOCK = 512;
    /// How long the kernel may believe us, in seconds: for ever, and hardly.
    private static final long LASTING = 3600;

    private static final long CHANGING = 1;

    private final ByteBuffer bytes;

    Reply(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    Reply begin() {
        bytes.clear().position(HEADER_BYTES);
        return this;
    }

    int capacity() {
        return bytes.capacity() - HEADER_BYTES;
    }

    /// Bytes after the header.
    int length() {
        return bytes.position() - HEADER_BYTES;
    }

    Reply put32(int value) {
        bytes.putInt(value);
        return this;
    }

    Reply put64(long value) {
        bytes.putLong(value);
        return this;
    }

    Reply put16(int value) {
        bytes.putShort((short) value);
        return this;
    }

    Reply put(byte[] from, int offset, int count) {
        bytes.put(from, offset, count);
        return this;
    }

    Reply put(byte[] from) {
        return put(from, 0, from.length);
    }

    /// Of the node with this number, which the kernel may now use until it forgets it.
    Reply entry(long number, FuseNode node, Attributes attributes) {
        long seconds = node.lasting() ? LASTING : CHANGING;
        put64(number).put64(0).put64(seconds).put64(seconds).put64(0);
        return attributes(attributes);
    }

    Reply attributes(FuseNode node, Attributes attributes) {
        put64(node.lasting() ? LASTING : CHANGING).put64(0);
        return attributes(attributes);
    }

    private Reply attributes(Attributes of) {
        put64(of.inode()).put64(of.size()).put64((of.size() + BLOCK - 1) / BLOCK);
        put64(of.access().second())
                .put64(of.modified().second())
                .put64(of.changed().second());
        put32(of.access().nano()).put32(of.modified().nano()).put32(of.changed().nano());
        put32(of.mode()).put32((int) of.links()).put32((int) of.uid()).put32((int) of.gid());
        return put32(deviceOf32Bits(of.device())).put32(0).put32(0);
    }

    /// The kernel's form in 32 bits: 12 of the major number around which 20 of the minor lie.
    private static int deviceOf32Bits(long device) {
        long major = ((device >>> 8) & 0xfff) | ((device >>> 32) & 0xfffff000L);
        long minor = (device & 0xff) | ((device >>> 12) & 0xffffff00L);
        return (int) ((minor & 0xff) | ((major & 0xfff) << 8) | ((minor & 0xfff00) << 12));
    }

    /// Whether another entry of a directory fits into `limit` bytes after the header.
    boolean hasRoom(RawName name, boolean plus, int limit) {
        return length() + padded(name.length()) + (plus ? ENTRY_BYTES + ATTRIBUTES_BYTES : 0) <= limit;
    }

    private static int padded(int nameBytes) {
        return DIRENT_BYTES + nameBytes + 7 & ~7;
    }

    /// The entry's attributes when they are not told along: none, and no number that the kernel would have to forget.
    Reply noEntry() {
        for (int i = 0; i < ENTRY_BYTES + ATTRIBUTES_BYTES; i += 8) {
            put64(0);
        }
        return this;
    }

    /// @param next where the following entry begins, as the kernel will ask for it
    /// @param type the type bits of a mode
    Reply directoryEntry(long inode, long next, int type, RawName name) {
        put64(inode).put64(next).put32(name.length()).put32(type >>> 12).put(name.bytes());
        int padding = padded(name.length()) - DIRENT_BYTES - name.length();
        for (int i = 0; i < padding; i++) {
            bytes.put((byte) 0);
        }
        return this;
    }

    /// @return the finished reply, to be written in one piece
    ByteBuffer success(long unique) {
        return finish(unique, 0);
    }

    ByteBuffer failure(long unique, int errno) {
        begin();
        return finish(unique, -errno);
    }

    /// A message nobody asked for; `code` says which.
    ByteBuffer notification(int code) {
        return finish(0, code);
    }

    private ByteBuffer finish(long unique, int error) {
        bytes.putInt(0, bytes.position()).putInt(4, error).putLong(8, unique);
        return bytes.flip();
    }
}
