package dev.reprise.storage.web;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Whether a request still moves bytes. One for each request.
public final class StuckWatch {
    private static final long SLOWEST_TICK_MILLIS = 5_000;

    private final long limitNanos;
    private volatile long lastMove = System.nanoTime();

    /// @param limit zero for none
    StuckWatch(Duration limit) {
        this.limitNanos = limit.toNanos();
    }

    void moved() {
        lastMove = System.nanoTime();
    }

    private boolean isStuck() {
        return limitNanos > 0 && System.nanoTime() - lastMove > limitNanos;
    }

    /// @throws IOException if nothing has moved for too long
    void mustMove() throws IOException {
        if (isStuck()) {
            throw new IOException("no byte moved for " + TimeUnit.NANOSECONDS.toSeconds(limitNanos) + " s");
        }
    }

    /// A body that is sent.
    public InputStream sending(InputStream body) {
        return new Moving(body);
    }

    /// A body that comes: closed by a thread of its own when it stands still, so that its reader
    /// gets an error.
    InputStream over(InputStream body) {
        if (limitNanos == 0) {
            return body;
        }
        var watched = new Moving(body);
        Thread.ofVirtual().start(() -> guard(watched));
        return watched;
    }

    private void guard(Moving body) {
        long tick = Math.clamp(TimeUnit.NANOSECONDS.toMillis(limitNanos) / 4, 10, SLOWEST_TICK_MILLIS);
        try {
            while (!body.ended.await(tick, TimeUnit.MILLISECONDS)) {
                if (isStuck()) {
                    body.close();
                }
            }
        } catch (InterruptedException | IOException e) {
            return; // whoever reads it is told
        }
    }

    private final class Moving extends FilterInputStream {
        private final CountDownLatch ended = new CountDownLatch(1);

        Moving(InputStream body) {
            super(body);
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            moved();
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            moved(); // the reader's own pauses do not count
            int count = super.read(into, offset, length);
            moved();
            return count;
        }

        @Override
        public void close() throws IOException {
            ended.countDown();
            super.close();
        }
    }
}
