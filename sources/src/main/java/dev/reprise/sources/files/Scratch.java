package dev.reprise.sources.files;

import dev.reprise.base.RawName;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/// Native memory for the arguments and answers of system calls. Taken for one operation and given back, by
/// platform and virtual threads alike; a few dozen are kept, more are left to the garbage collector.
final class Scratch implements AutoCloseable {
    /// Longest path a call accepts, without the zero byte behind it (`PATH_MAX` - 1).
    static final int MAX_PATH_BYTES = 4095;
    /// Fits the second-level cache, and every extended attribute (64 KiB) and list of them (64 KiB).
    static final int DATA_BYTES = 256 << 10;

    private static final int STATX = 64;
    private static final int TIMES = 512;
    private static final int FIRST = 4096;
    private static final int SECOND = FIRST + 8192;
    private static final int DATA = SECOND + 8192;
    private static final int KEPT = 32;
    /// Each thread begins to look at a place of its own, so that threads do not wait for each other at every call.
    private static final AtomicReferenceArray<@Nullable Scratch> FREE = new AtomicReferenceArray<>(KEPT);

    private final MemorySegment memory = Arena.ofAuto().allocate(DATA + DATA_BYTES, 4096);
    private final MemorySegment state = memory.asSlice(0, Kernel.ERRNO_LAYOUT);
    private final long address = memory.address();
    private final long[] words = new long[Statx.WORDS];
    private byte[] ended = new byte[256];

    private Scratch() {}

    static Scratch take() {
        int first = (int) Thread.currentThread().threadId();
        for (int i = first; i < first + KEPT; i++) {
            Scratch free = FREE.get(i & (KEPT - 1));
            if (free != null && FREE.compareAndSet(i & (KEPT - 1), free, null)) {
                return free;
            }
        }
        return new Scratch();
    }

    @Override
    public void close() {
        int first = (int) Thread.currentThread().threadId();
        for (int i = first; i < first + KEPT; i++) {
            if (FREE.get(i & (KEPT - 1)) == null && FREE.compareAndSet(i & (KEPT - 1), null, this)) {
                return;
            }
        }
    }

    MemorySegment state() {
        return state;
    }

    int errno() {
        return memory.get(ValueLayout.JAVA_INT, 0);
    }

    long statxAddress() {
        return address + STATX;
    }

    /// Decodes what `statx` left.
    FileMeta statx() {
        MemorySegment.copy(memory, ValueLayout.JAVA_LONG, STATX, words, 0, Statx.WORDS);
        return Statx.decode(words);
    }

    long dataAddress() {
        return address + DATA;
    }

    void copyIn(byte[] from, int offset, int length) {
        MemorySegment.copy(from, offset, memory, ValueLayout.JAVA_BYTE, DATA, length);
    }

    void copyOut(byte[] into, int offset, int length) {
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, DATA, into, offset, length);
    }

    byte[] data(long length) {
        byte[] bytes = new byte[Math.toIntExact(length)];
        copyOut(bytes, 0, bytes.length);
        return bytes;
    }

    /// Two `timespec`: access and modification time.
    long times(long atimeSecond, int atimeNano, long mtimeSecond, int mtimeNano) {
        memory.set(ValueLayout.JAVA_LONG, TIMES, atimeSecond);
        memory.set(ValueLayout.JAVA_LONG, TIMES + 8, atimeNano);
        memory.set(ValueLayout.JAVA_LONG, TIMES + 16, mtimeSecond);
        memory.set(ValueLayout.JAVA_LONG, TIMES + 24, mtimeNano);
        return address + TIMES;
    }

    /// Stores a name ended by a zero byte. At most [#MAX_PATH_BYTES], the caller has checked.
    long first(RawName name) {
        return put(FIRST, name);
    }

    /// The same in a second place.
    long second(RawName name) {
        return put(SECOND, name);
    }

    /// The empty name, for calls on a descriptor.
    long empty() {
        memory.set(ValueLayout.JAVA_BYTE, FIRST, (byte) 0);
        return address + FIRST;
    }

    /// The path by which a descriptor can be named where a call wants a path.
    long descriptorPath(int fd) {
        return put(FIRST, 0, ("/proc/self/fd/" + fd).getBytes(StandardCharsets.US_ASCII));
    }

    /// The path of an entry of an open directory, for calls that have no form relative to a descriptor.
    long descriptorPath(int directory, RawName name) {
        byte[] prefix = ("/proc/self/fd/" + directory + "/").getBytes(StandardCharsets.US_ASCII);
        put(FIRST, 0, prefix);
        put(FIRST, prefix.length, name.bytes());
        return address + FIRST;
    }

    /// In one piece with the zero byte: most calls come through here.
    private long put(int area, RawName name) {
        int length = name.length();
        if (length > MAX_PATH_BYTES) {
            throw new IllegalStateException("a name of " + length + " bytes was not checked");
        }
        if (length >= ended.length) {
            ended = new byte[MAX_PATH_BYTES + 1];
        }
        name.copyTo(ended, 0);
        ended[length] = 0;
        MemorySegment.copy(ended, 0, memory, ValueLayout.JAVA_BYTE, area, length + 1);
        return address + area;
    }

    private long put(int area, int offset, byte[] bytes) {
        if (bytes.length > MAX_PATH_BYTES) {
            throw new IllegalStateException("a name of " + bytes.length + " bytes was not checked");
        }
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, area + offset, bytes.length);
        memory.set(ValueLayout.JAVA_BYTE, area + (long) offset + bytes.length, (byte) 0);
        return address + area;
    }
}
