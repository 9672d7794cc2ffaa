package dev.reprise.sources.files;

/// `struct statx` of the kernel's `include/uapi/linux/stat.h`: the same 256 bytes on every architecture.
final class Statx {
    static final int BYTES = 256;
    /// Of 64 bits, of those that are looked at.
    static final int WORDS = 18;
    /// `STATX_BASIC_STATS`: everything `stat` gives.
    static final int BASIC = 0x7ff;

    private Statx() {}

    /// @param words the struct as words of 64 bits, little-endian, as both supported architectures are. An array:
    ///              before it is compiled well, each access to native memory costs many times as much
    static FileMeta decode(long[] words) {
        return new FileMeta(
                (int) high(words[3]) & 0xFFFF,
                words[5],
                high(words[2]),
                low(words[3]),
                words[4],
                device(low(words[17]), high(words[17])),
                low(words[2]),
                device(low(words[16]), high(words[16])),
                words[14],
                (int) words[15],
                words[8],
                (int) words[9],
                words[12],
                (int) words[13]);
    }

    private static long low(long word) {
        return word & 0xFFFF_FFFFL;
    }

    private static long high(long word) {
        return word >>> 32;
    }

    /// The 64-bit number `stat` gives for a device (glibc's `makedev`).
    static long device(long major, long minor) {
        return (major & 0xFFFFF000L) << 32 | (major & 0xFFF) << 8 | (minor & 0xFFFFFF00L) << 12 | (minor & 0xFF);
    }
}
