package dev.reprise.storage.limit;

import dev.reprise.base.CancelledException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Who may go on, in the order they came. A thread that has a turn needs no other.
final class Turns {
    private final Semaphore shared;
    /// For writing alone, when readers have all others.
    private final Semaphore reserved = new Semaphore(1, true);

    private final ThreadLocal<Boolean> within = ThreadLocal.withInitial(() -> false);

    Turns(int most) {
        this.shared = new Semaphore(most, true);
    }

    <T extends @Nullable Object> T read(Supplier<T> work) {
        if (within.get()) {
            return work.get();
        }
        try {
            shared.acquire();
        } catch (InterruptedException e) {
            throw waitedInVain();
        }
        return holding(shared, work);
    }

    <T extends @Nullable Object> T write(Supplier<T> work) {
        return within.get() ? work.get() : holding(forWriting(), work);
    }

    private Semaphore forWriting() {
        try {
            if (shared.tryAcquire(0, TimeUnit.SECONDS)) {
                return shared;
            }
            reserved.acquire();
            return reserved;
        } catch (InterruptedException e) {
            throw waitedInVain();
        }
    }

    private <T extends @Nullable Object> T holding(Semaphore turn, Supplier<T> work) {
        within.set(true);
        try {
            return work.get();
        } finally {
            within.remove();
            turn.release();
        }
    }

    private static CancelledException waitedInVain() {
        return CancelledException.interrupted("waiting for a turn at a place of backups");
    }
}
