package dev.reprise.repository.lock;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Time that passes: pauses, and work that repeats in the background. Tests bring their own.
interface Waiting {
    void pause(Duration duration) throws InterruptedException;

    /// Time since some moment, in nanoseconds; never goes back.
    long nanoTime();

    /// Runs `task` again and again, `period` after each end, until the result is closed. A run that is under way then
    /// goes on to its end.
    Repetition repeat(Duration period, Runnable task);

    interface Repetition extends AutoCloseable {
        @Override
        void close();
    }

    /// Real time.
    Waiting REAL = new Waiting() {
        @Override
        public void pause(Duration duration) throws InterruptedException {
            Thread.sleep(duration);
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        // Never interrupts the task: a write cut short could leave a lock file nobody knows of.
        @Override
        public Repetition repeat(Duration period, Runnable task) {
            CountDownLatch closed = new CountDownLatch(1);
            Thread.ofPlatform().daemon().name("lock-refresh").start(() -> {
                try {
                    while (!closed.await(period.toMillis(), TimeUnit.MILLISECONDS)) {
                        task.run();
                    }
                } catch (InterruptedException ended) {
                    Thread.currentThread().interrupt();
                }
            });
            return closed::countDown;
        }
    };
}
