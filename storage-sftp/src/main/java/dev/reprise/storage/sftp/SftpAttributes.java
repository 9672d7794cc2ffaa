package dev.reprise.storage.sftp;

/// What a server tells of a file.
///
/// @param size in bytes; -1 when not told
/// @param mode POSIX's type and permissions; 0 when not told
/// @param modified seconds since 1970; -1 when not told
record SftpAttributes(long size, int mode, long modified) {
    static final int SIZE = 0x1;
    static final int OWNERS = 0x2;
    static final int PERMISSIONS = 0x4;
    static final int TIMES = 0x8;
    static final int EXTENDED = 0x80000000;

    private static final int TYPE = 0170000;
    private static final int FILE = 0100000;
    private static final int FOLDER = 0040000;
    private static final int LINK = 0120000;
    private static final int GROUP_READ = 0040;

    boolean isComplete() {
        return size >= 0 && (mode & TYPE) != 0;
    }

    boolean isFile() {
        return (mode & TYPE) == FILE;
    }

    boolean isFolder() {
        return (mode & TYPE) == FOLDER;
    }

    boolean isLink() {
        return (mode & TYPE) == LINK;
    }

    boolean groupReads() {
        return (mode & GROUP_READ) != 0;
    }
}
