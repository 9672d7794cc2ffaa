package dev.reprise.storage.rest;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Cuts connections on which nothing has moved for too long. Sockets cannot time writing out, and Unix sockets not
/// even reading, so one thread looks after all of them.
final class StuckWatch implements AutoCloseable {
    private final Duration limit;
    private @Nullable ScheduledThreadPoolExecutor scheduler;

    /// @param limit zero for never
    StuckWatch(Duration limit) {
        this.limit = limit;
    }

    /// Begins to watch; nothing counts before [Guard#moving].
    Guard over(Closeable connection) {
        return new Guard(connection);
    }

    private synchronized ScheduledThreadPoolExecutor scheduler() {
        ScheduledThreadPoolExecutor known = scheduler;
        if (known == null) {
            known = new ScheduledThreadPoolExecutor(
                    1, task -> Thread.ofPlatform().daemon().name("rest-watch").unstarted(task));
            known.setRemoveOnCancelPolicy(true);
            scheduler = known;
        }
        return known;
    }

    @Override
    public synchronized void close() {
        if (scheduler != null) {
            scheduler.shutdownNow();
        }
    }

    /// One exchange. Time in which nobody waits for the network does not count.
    final class Guard implements AutoCloseable {
        private final Closeable connection;
        private long moved;
        private boolean waiting;
        private boolean over;
        private boolean cut;
        private @Nullable Future<?> next;

        private Guard(Closeable connection) {
            this.connection = connection;
        }

        /// A byte moved just now, or is waited for from now on.
        synchronized void moving() {
            moved = System.nanoTime();
            waiting = true;
            if (next == null && !over && !limit.isZero()) {
                next = scheduler().schedule(this::look, limit.toNanos(), TimeUnit.NANOSECONDS);
            }
        }

        /// The caller works on what it got.
        synchronized void resting() {
            waiting = false;
        }

        private synchronized void look() {
            if (over) {
                return;
            }
            long still = waiting ? System.nanoTime() - moved : 0;
            if (still >= limit.toNanos()) {
                cut = true;
                cut();
            } else {
                next = scheduler().schedule(this::look, limit.toNanos() - still, TimeUnit.NANOSECONDS);
            }
        }

        private void cut() {
            try {
                connection.close();
            } catch (IOException e) {
                // Whoever waits on it finds out by itself.
            }
        }

        /// The failure as what it is: a cut connection fails with the words of a closed one.
        synchronized IOException explain(IOException failure) {
            return cut ? new StuckException(limit) : failure;
        }

        @Override
        public synchronized void close() {
            over = true;
            if (next != null) {
                next.cancel(false);
            }
        }
    }
}
