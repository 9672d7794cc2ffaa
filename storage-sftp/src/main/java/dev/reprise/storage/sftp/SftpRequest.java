package dev.reprise.storage.sftp;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// A packet to the server, being put together; the connection gives it its number. Version 3 of
/// the protocol (draft-ietf-secsh-filexfer-02) and OpenSSH's extensions.
final class SftpRequest {
    static final int INIT = 1;
    static final int VERSION = 2;
    static final int STATUS = 101;
    static final int HANDLE = 102;
    static final int DATA = 103;
    static final int NAME = 104;
    static final int ATTRIBUTES = 105;
    static final int EXTENDED_REPLY = 201;

    private static final int OPEN = 3;
    private static final int CLOSE = 4;
    private static final int READ = 5;
    private static final int WRITE = 6;
    private static final int SETSTAT = 9;
    private static final int FSETSTAT = 10;
    private static final int OPENDIR = 11;
    private static final int READDIR = 12;
    private static final int REMOVE = 13;
    private static final int MKDIR = 14;
    private static final int RMDIR = 15;
    private static final int REALPATH = 16;
    private static final int STAT = 17;
    private static final int RENAME = 18;
    private static final int EXTENDED = 200;

    private static final int OPEN_READ = 0x1;
    private static final int OPEN_NEW = 0x2 | 0x8 | 0x20; // write, create, exclusive
    private static final int HEADER = 9;
    private static final int NUMBER_AT = 5;

    private final ByteBuffer packet;

    private SftpRequest(int type, int bytes) {
        packet = ByteBuffer.allocate(HEADER + bytes);
        packet.putInt(HEADER + bytes - Integer.BYTES).put((byte) type).position(HEADER);
    }

    /// The whole packet, its number filled in.
    byte[] numbered(int number) {
        return packet.putInt(NUMBER_AT, number).array();
    }

    static SftpRequest openForReading(String path) {
        byte[] name = bytes(path);
        return new SftpRequest(OPEN, name.length + 12).put(name).put(OPEN_READ).put(0);
    }

    /// Fails if the file exists.
    static SftpRequest openNew(String path, int mode) {
        byte[] name = bytes(path);
        return new SftpRequest(OPEN, name.length + 16).put(name).put(OPEN_NEW).permissions(mode);
    }

    static SftpRequest close(byte[] handle) {
        return new SftpRequest(CLOSE, handle.length + 4).put(handle);
    }

    static SftpRequest read(byte[] handle, long offset, int length) {
        return new SftpRequest(READ, handle.length + 16).put(handle).put(offset).put(length);
    }

    static SftpRequest write(byte[] handle, long offset, byte[] data, int from, int length) {
        var request = new SftpRequest(WRITE, handle.length + 16 + length)
                .put(handle)
                .put(offset)
                .put(length);
        request.packet.put(data, from, length);
        return request;
    }

    static SftpRequest permissions(String path, int mode) {
        byte[] name = bytes(path);
        return new SftpRequest(SETSTAT, name.length + 12).put(name).permissions(mode);
    }

    static SftpRequest permissions(byte[] handle, int mode) {
        return new SftpRequest(FSETSTAT, handle.length + 12).put(handle).permissions(mode);
    }

    static SftpRequest openFolder(String path) {
        return onPath(OPENDIR, path);
    }

    static SftpRequest readFolder(byte[] handle) {
        return new SftpRequest(READDIR, handle.length + 4).put(handle);
    }

    static SftpRequest remove(String path) {
        return onPath(REMOVE, path);
    }

    static SftpRequest makeFolder(String path, int mode) {
        byte[] name = bytes(path);
        return new SftpRequest(MKDIR, name.length + 12).put(name).permissions(mode);
    }

    /// Fails unless it is empty.
    static SftpRequest removeFolder(String path) {
        return onPath(RMDIR, path);
    }

    /// Asks nothing worth knowing.
    static SftpRequest keepAlive() {
        return onPath(REALPATH, ".");
    }

    /// Follows links.
    static SftpRequest stat(String path) {
        return onPath(STAT, path);
    }

    /// Fails if the target exists, on most servers.
    static SftpRequest rename(String from, String to) {
        byte[] old = bytes(from);
        byte[] name = bytes(to);
        return new SftpRequest(RENAME, old.length + name.length + 8).put(old).put(name);
    }

    /// Replaces the target at once.
    static SftpRequest posixRename(String from, String to) {
        byte[] extension = bytes(Extension.POSIX_RENAME.wireName());
        byte[] old = bytes(from);
        byte[] name = bytes(to);
        int length = extension.length + old.length + name.length + 12;
        return new SftpRequest(EXTENDED, length).put(extension).put(old).put(name);
    }

    static SftpRequest force(byte[] handle) {
        byte[] extension = bytes(Extension.FSYNC.wireName());
        return new SftpRequest(EXTENDED, extension.length + handle.length + 8)
                .put(extension)
                .put(handle);
    }

    static SftpRequest space(String path) {
        byte[] extension = bytes(Extension.STATVFS.wireName());
        byte[] name = bytes(path);
        return new SftpRequest(EXTENDED, extension.length + name.length + 8)
                .put(extension)
                .put(name);
    }

    private static SftpRequest onPath(int type, String path) {
        byte[] name = bytes(path);
        return new SftpRequest(type, name.length + 4).put(name);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private SftpRequest put(byte[] text) {
        packet.putInt(text.length).put(text);
        return this;
    }

    private SftpRequest put(int number) {
        packet.putInt(number);
        return this;
    }

    private SftpRequest put(long number) {
        packet.putLong(number);
        return this;
    }

    private SftpRequest permissions(int mode) {
        return put(SftpAttributes.PERMISSIONS).put(mode);
    }

    /// What OpenSSH's server and many others can do beyond version 3, and say so at the start.
    enum Extension {
        POSIX_RENAME("posix-rename@openssh.com", "1"),
        FSYNC("fsync@openssh.com", "1"),
        STATVFS("statvfs@openssh.com", "2");

        private final String wireName;
        private final String version;

        Extension(String wireName, String version) {
            this.wireName = wireName;
            this.version = version;
        }

        String wireName() {
            return wireName;
        }

        String version() {
            return version;
        }
    }
}
