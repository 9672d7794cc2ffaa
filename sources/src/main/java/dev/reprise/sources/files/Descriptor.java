package dev.reprise.sources.files;

import java.util.concurrent.atomic.AtomicInteger;

/// An open file descriptor shared by threads.
///
/// The number of a closed descriptor is given to the next file opened anywhere in the process, so a call that is
/// under way must keep it open. [#acquire] and [#release] enclose every use; [#close] forbids new ones and the
/// last user closes.
final class Descriptor implements AutoCloseable {
    private static final int CLOSED = 1 << 31;

    private final int number;
    private final Object owner;
    /// Users, and the CLOSED bit.
    private final AtomicInteger users = new AtomicInteger();

    /// @param owner named when it is used after it was closed
    Descriptor(long number, Object owner) {
        this.number = Math.toIntExact(number);
        this.owner = owner;
    }

    /// @throws IllegalStateException after [#close]
    int acquire() {
        while (true) {
            int before = users.get();
            if (before < 0) {
                throw new IllegalStateException("used after it was closed: " + owner);
            }
            if (users.compareAndSet(before, before + 1)) {
                return number;
            }
        }
    }

    void release() {
        if (users.decrementAndGet() == CLOSED) {
            Kernel.close(number);
        }
    }

    /// May be called several times.
    @Override
    public void close() {
        shut();
    }

    /// Closes.
    ///
    /// @return the negative error number of the system's `close`, or 0, also when a user is left to do it
    long shut() {
        while (true) {
            int before = users.get();
            if (before < 0) {
                return 0;
            }
            if (users.compareAndSet(before, before | CLOSED)) {
                return before == 0 ? Kernel.close(number) : 0;
            }
        }
    }
}
