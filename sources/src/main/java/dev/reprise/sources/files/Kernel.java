package dev.reprise.sources.files;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/*
 * One handle for every system call: libc's variadic `long syscall(long number, ...)`, always called with six
 * arguments of 64 bits. Linking a typed function for each call costs a noticeable part of the start-up of a short
 * command; this costs one link, paid at the first call. Pointers are passed as addresses of a `Scratch`.
 */
final class Kernel {
    /// errno lies at the start of the captured state on Linux.
    static final MemoryLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();

    private static final MethodHandle SYSCALL = link();

    private Kernel() {}

    private static MethodHandle link() {
        Linker linker = Linker.nativeLinker();
        ValueLayout.OfLong word = ValueLayout.JAVA_LONG;
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow("syscall"),
                FunctionDescriptor.of(word, word, word, word, word, word, word, word),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
    }

    /// Runs the call, again when a signal interrupted it.
    ///
    /// @return the result, or the negative [errno][Errno] of a failure
    static long call(Scratch scratch, Call call, long a, long b, long c, long d, long e, long f) {
        while (true) {
            long result = once(scratch, call.number, a, b, c, d, e, f);
            if (result != -1) {
                return result;
            }
            int errno = scratch.errno();
            if (errno != Errno.EINTR) {
                return -errno;
            }
        }
    }

    static long call(Scratch scratch, Call call, long a, long b, long c, long d, long e) {
        return call(scratch, call, a, b, c, d, e, 0);
    }

    static long call(Scratch scratch, Call call, long a, long b, long c, long d) {
        return call(scratch, call, a, b, c, d, 0, 0);
    }

    static long call(Scratch scratch, Call call, long a, long b, long c) {
        return call(scratch, call, a, b, c, 0, 0, 0);
    }

    /// Never repeated: on Linux the descriptor is free again even when `close` says it was interrupted.
    ///
    /// @return 0, or the negative error number of a write that was only noticed now
    static long close(int fd) {
        try (Scratch scratch = Scratch.take()) {
            long result = once(scratch, Call.CLOSE.number, fd, 0, 0, 0, 0, 0);
            return result == 0 || scratch.errno() == Errno.EINTR ? 0 : -scratch.errno();
        }
    }

    private static long once(Scratch scratch, long number, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) SYSCALL.invokeExact(scratch.state(), number, a, b, c, d, e, f);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new IllegalStateException("a system call threw", impossible);
        }
    }
}
