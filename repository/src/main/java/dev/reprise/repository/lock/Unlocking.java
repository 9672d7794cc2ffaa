package dev.reprise.repository.lock;

import dev.reprise.base.RepriseException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Removes lock files also for a thread that was interrupted: a lock left behind blocks everybody else.
final class Unlocking implements Runnable {
    private static final Duration WITHIN = Duration.ofMinutes(1);

    private final Runnable removal;
    private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

    private Unlocking(Runnable removal) {
        this.removal = removal;
    }

    /// Runs it on a thread of its own, which nobody interrupts, and waits up to a minute.
    ///
    /// @return null if it was done, else why not
    static @Nullable String run(Runnable removal) {
        Unlocking unlocking = new Unlocking(removal);
        Thread thread = Thread.ofPlatform().daemon().name("unlock").start(unlocking);
        return endsInTime(thread) ? unlocking.failure.get() : "storage did not answer within a minute";
    }

    @Override
    public void run() {
        try {
            removal.run();
        } catch (RepriseException e) {
            failure.set(e.fact());
        } catch (RuntimeException e) {
            failure.set(e.toString());
        }
    }

    private static boolean endsInTime(Thread thread) {
        long deadline = System.nanoTime() + WITHIN.toNanos();
        boolean interrupted = Thread.interrupted();
        boolean ended = false;
        for (long left = WITHIN.toNanos(); !ended && left > 0; left = deadline - System.nanoTime()) {
            try {
                ended = thread.join(Duration.ofNanos(left));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return ended;
    }
}
