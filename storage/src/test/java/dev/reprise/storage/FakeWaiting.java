package dev.reprise.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Time that passes only when somebody waits, and remembers for how long.
public final class FakeWaiting implements Waiting {
    private final List<Duration> pauses = new ArrayList<>();
    private long nanos;

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized void pause(Duration duration) {
        nanos += duration.toNanos();
        pauses.add(duration);
    }

    public synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }

    public synchronized Duration passed() {
        return Duration.ofNanos(nanos);
    }
}
