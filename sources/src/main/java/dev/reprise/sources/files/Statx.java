package dev.reprise.sources.files;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// `struct statx` of the kernel's `include/uapi/linux/stat.h`: the same 256 bytes on every architecture.
final class Statx {
    static final int BYTES = 256;
    /// `STATX_BASIC_STATS`: everything `stat` gives.
    static final int BASIC = 0x7ff;

    private Statx() {}

    static FileMeta decode(MemorySegment statx) {
        return new FileMeta(
                statx.get(ValueLayout.JAVA_SHORT, 28) & 0xFFFF,
                statx.get(ValueLayout.JAVA_LONG, 40),
                word(statx, 20),
                word(statx, 24),
                statx.get(ValueLayout.JAVA_LONG, 32),
                device(word(statx, 136), word(statx, 140)),
                word(statx, 16),
                device(word(statx, 128), word(statx, 132)),
                statx.get(ValueLayout.JAVA_LONG, 112),
                statx.get(ValueLayout.JAVA_INT, 120),
                statx.get(ValueLayout.JAVA_LONG, 64),
                statx.get(ValueLayout.JAVA_INT, 72),
                statx.get(ValueLayout.JAVA_LONG, 96),
                statx.get(ValueLayout.JAVA_INT, 104));
    }

    private static long word(MemorySegment statx, long offset) {
        return Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, offset));
    }

    /// The 64-bit number `stat` gives for a device (glibc's `makedev`).
    static long device(long major, long minor) {
        return (major & 0xFFFFF000L) << 32 | (major & 0xFFF) << 8 | (minor & 0xFFFFFF00L) << 12 | (minor & 0xFF);
    }
}
