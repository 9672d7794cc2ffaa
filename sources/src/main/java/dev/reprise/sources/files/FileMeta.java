package dev.reprise.sources.files;

/// What `stat` says of one entry, symbolic links not followed.
///
/// @param unixMode    `st_mode` with type, set-id, sticky and permission bits
/// @param size        bytes; meaningful for regular files
/// @param uid         unsigned 32 bits, as is `gid`
/// @param inode       unsigned 64 bits, as are `device`, `links` and `rdev`
/// @param device      `st_dev`, encoded as Linux does in 64 bits
/// @param rdev        `st_rdev` of a device node, else 0
/// @param mtimeSecond seconds since 1970, may be negative, as for the other times
public record FileMeta(
        int unixMode,
        long size,
        long uid,
        long gid,
        long inode,
        long device,
        long links,
        long rdev,
        long mtimeSecond,
        int mtimeNano,
        long atimeSecond,
        int atimeNano,
        long ctimeSecond,
        int ctimeNano) {
    public enum Type {
        FILE("a regular file"),
        DIR("a directory"),
        SYMLINK("a symbolic link"),
        BLOCK_DEVICE("a block device"),
        CHAR_DEVICE("a character device"),
        FIFO("a FIFO"),
        SOCKET("a socket"),
        OTHER("of unknown type");

        private final String phrase;

        Type(String phrase) {
            this.phrase = phrase;
        }

        /// With its article, for messages: `a FIFO`.
        public String phrase() {
            return phrase;
        }
    }

    public Type type() {
        return switch (unixMode & 0170000) {
            case 0100000 -> Type.FILE;
            case 0040000 -> Type.DIR;
            case 0120000 -> Type.SYMLINK;
            case 0060000 -> Type.BLOCK_DEVICE;
            case 0020000 -> Type.CHAR_DEVICE;
            case 0010000 -> Type.FIFO;
            case 0140000 -> Type.SOCKET;
            default -> Type.OTHER;
        };
    }
}
