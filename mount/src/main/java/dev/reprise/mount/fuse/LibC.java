package dev.reprise.mount.fuse;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.reprise.base.RawName;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/*
 * The functions of the C library that mounting takes. Every result below 0 is a negative error number.
 */
final class LibC {
    private static final Linker LINKER = Linker.nativeLinker();
    static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle READ =
            link("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            link("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    static final int O_RDWR = 2;
    static final int O_CLOEXEC = 02000000;

    private LibC() {}

    static MethodHandle link(String name, FunctionDescriptor function, Linker.Option... options) {
        Linker.Option[] all = new Linker.Option[options.length + 1];
        System.arraycopy(options, 0, all, 0, options.length);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function, all);
    }

    /// @param state memory of [#STATE] that belongs to this thread
    static long read(MemorySegment state, int fd, MemorySegment into) {
        try {
            long read = (long) READ.invokeExact(state, fd, into, into.byteSize());
            return read < 0 ? -errno(state) : read;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static long write(MemorySegment state, int fd, MemorySegment from) {
        try {
            long written = (long) WRITE.invokeExact(state, fd, from, from.byteSize());
            return written < 0 ? -errno(state) : written;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle open =
                    link("open", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT), Linker.Option.firstVariadicArg(2));
            return setUp(arena, open, arena.allocateFrom(path), flags);
        }
    }

    /// Whether there is something at a path.
    ///
    /// @param path of any bytes but zero
    static int access(RawName path) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle access = link("access", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
            MemorySegment text = arena.allocate(path.length() + 1L);
            text.copyFrom(MemorySegment.ofArray(path.bytes()));
            return setUp(arena, access, text, 0);
        }
    }

    static int effectiveUser() {
        try (Arena arena = Arena.ofConfined()) {
            return setUp(arena, link("geteuid", FunctionDescriptor.of(JAVA_INT)));
        }
    }

    static int effectiveGroup() {
        try (Arena arena = Arena.ofConfined()) {
            return setUp(arena, link("getegid", FunctionDescriptor.of(JAVA_INT)));
        }
    }

    static int mount(String source, String target, String type, long flags, String options) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle mount =
                    link("mount", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
            return setUp(
                    arena,
                    mount,
                    arena.allocateFrom(source),
                    arena.allocateFrom(target),
                    arena.allocateFrom(type),
                    flags,
                    arena.allocateFrom(options));
        }
    }

    static int unmount(String target, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MethodHandle unmount = link("umount2", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
            return setUp(arena, unmount, arena.allocateFrom(target), flags);
        }
    }

    /// Calls a function that is needed once or twice.
    static int setUp(Arena arena, MethodHandle handle, Object... arguments) {
        MemorySegment state = arena.allocate(STATE);
        Object[] all = new Object[arguments.length + 1];
        all[0] = state;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try {
            int result = (int) handle.invokeWithArguments(all);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static RuntimeException impossible(Throwable thrown) {
        return switch (thrown) {
            case RuntimeException e -> e;
            case Error e -> throw e;
            default -> new IllegalStateException("a function of the C library threw", thrown);
        };
    }
}
