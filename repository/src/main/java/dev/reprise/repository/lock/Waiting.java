package dev.reprise.repository.lock;

import java.time.Duration;

/// Time that passes: pauses, and work that repeats in the background. Tests bring their own.
interface Waiting {
    void pause(Duration duration) throws InterruptedException;

    /// Runs `task` again and again, `period` after each end, until the result is closed; then waits for a run that is
    /// under way to end.
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
        public Repetition repeat(Duration period, Runnable task) {
            Thread thread = Thread.ofPlatform().daemon().name("lock-refresh").start(() -> {
                try {
                    while (true) {
                        Thread.sleep(period);
                        task.run();
                    }
                } catch (InterruptedException closed) {
                    Thread.currentThread().interrupt();
                }
            });
            return thread::interrupt;
        }
    };
}
