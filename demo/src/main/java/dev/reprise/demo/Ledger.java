package dev.reprise.demo;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// What was written to one part of the stack under load, and when the part confirmed it. Writes are numbered
/// from 1 and made one after another. Safe for many threads.
final class Ledger {
    private final InstantSource clock;
    private final List<Instant> confirmed = new ArrayList<>();

    Ledger(InstantSource clock) {
        this.clock = clock;
    }

    /// The number of the next write.
    synchronized int next() {
        return confirmed.size() + 1;
    }

    /// Write [#next()] was confirmed just now.
    synchronized void confirm() {
        confirmed.add(clock.instant());
    }

    synchronized int confirmedCount() {
        return confirmed.size();
    }

    /// How many writes were confirmed before a moment.
    synchronized int confirmedBefore(Instant moment) {
        int count = 0;
        while (count < confirmed.size() && confirmed.get(count).isBefore(moment)) {
            count++;
        }
        return count;
    }

    /// When a write was confirmed.
    synchronized Instant confirmedAt(int number) {
        return confirmed.get(number - 1);
    }
}
