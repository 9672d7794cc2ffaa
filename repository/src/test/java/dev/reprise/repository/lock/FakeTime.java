package dev.reprise.repository.lock;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A clock that moves only when somebody waits, and background work that runs only when told to.
final class FakeTime implements InstantSource, Waiting {
    static final Instant START = Instant.parse("2026-01-15T10:00:00Z");

    final List<Duration> pauses = new ArrayList<>();
    private Instant now = START;
    private Instant eventTime = Instant.MAX;
    private @Nullable Runnable event;
    private @Nullable Runnable background;

    @Override
    public Instant instant() {
        return now;
    }

    void pass(Duration duration) {
        now = now.plus(duration);
        Runnable due = event;
        if (due != null && !now.isBefore(eventTime)) {
            event = null;
            due.run();
        }
    }

    /// Lets somebody else act at a moment during a pause.
    void at(Duration sinceStart, Runnable action) {
        eventTime = START.plus(sinceStart);
        event = action;
    }

    @Override
    public void pause(Duration duration) {
        pauses.add(duration);
        pass(duration);
    }

    @Override
    public long nanoTime() {
        return Duration.between(START, now).toNanos();
    }

    @Override
    public Repetition repeat(Duration period, Runnable task) {
        background = task;
        return () -> background = null;
    }

    boolean repeats() {
        return background != null;
    }

    /// Lets minutes pass, with the background work of each.
    void minutes(int count) {
        for (int i = 0; i < count; i++) {
            pass(Duration.ofMinutes(1));
            tick();
        }
    }

    void tick() {
        Runnable task = background;
        if (task != null) {
            task.run();
        }
    }
}
