package dev.reprise.storage.suite;

import dev.reprise.storage.Waiting;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Time that passes only when somebody waits. Starts where a counter is about to overflow, as a
/// real one may.
final class FakeWaiting implements Waiting {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public void pause(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }
}
