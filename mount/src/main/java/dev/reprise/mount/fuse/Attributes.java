package dev.reprise.mount.fuse;

/// What `stat` says of a node.
///
/// @param inode   as shown to programs; equal for hard links
/// @param mode    `st_mode` with the type
/// @param size    bytes
/// @param links   unsigned 32 bits, as are uid and gid
/// @param device  of device files, as the kernel writes it into a stat of 64 bits
public record Attributes(
        long inode,
        int mode,
        long size,
        long links,
        long uid,
        long gid,
        long device,
        Time access,
        Time modified,
        Time changed) {
    public static final int TYPE = 0170000;
    public static final int SOCKET = 0140000;
    public static final int LINK = 0120000;
    public static final int FILE = 0100000;
    public static final int BLOCK_DEVICE = 0060000;
    public static final int DIRECTORY = 0040000;
    public static final int CHARACTER_DEVICE = 0020000;
    public static final int FIFO = 0010000;

    /// @param second since 1970, may be negative
    /// @param nano   0 to 999,999,999
    public record Time(long second, int nano) {}
}
