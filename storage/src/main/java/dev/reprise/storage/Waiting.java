package dev.reprise.storage;

import dev.reprise.base.CancelledException;
import java.time.Duration;

/// Time as waiting needs it: it only goes forward, and can be let pass. Tests give one that does
/// not wait. Safe for many threads.
public interface Waiting {
    /// Since some fixed moment; only differences mean anything.
    long nanos();

    /// Returns after this long.
    ///
    /// @throws CancelledException if the thread is interrupted, at once; its flag is set then
    void pause(Duration duration);

    /// The real one.
    Waiting REAL = new Waiting() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public void pause(Duration duration) {
            try {
                Thread.sleep(duration);
            } catch (InterruptedException e) {
                throw CancelledException.interrupted("waiting for a place of backups");
            }
        }
    };
}
