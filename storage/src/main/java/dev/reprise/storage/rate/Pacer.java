package dev.reprise.storage.rate;

import dev.reprise.base.RateTable;
import dev.reprise.storage.Waiting;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.LocalTime;
import java.util.OptionalLong;
import java.util.function.Supplier;

/// Lets bytes through at a rate, all threads together. Who was let through pays by making the next
/// one wait, so a small object never waits for itself.
final class Pacer {
    /// What is asked for at once: little, so that a slow line flows instead of stuttering.
    static final int PIECE = 16 * 1024;

    private static final long NANOS = 1_000_000_000;

    private final RateTable table;
    private final Supplier<LocalTime> clock;
    private final Waiting waiting;
    /// When the line is free again, in nanoseconds of `waiting`. Guarded by this.
    private long free;

    private boolean begun;

    /// @param clock   tells the time of day
    /// @param waiting tells how much time has passed
    Pacer(RateTable table, Supplier<LocalTime> clock, Waiting waiting) {
        this.table = table;
        this.clock = clock;
        this.waiting = waiting;
    }

    /// Returns when this many bytes more may go.
    void pass(int bytes) {
        Duration pause = reserve(bytes);
        if (pause.isPositive()) {
            waiting.pause(pause);
        }
    }

    private synchronized Duration reserve(int bytes) {
        long now = waiting.nanos();
        if (!begun || free - now < 0) {
            free = now;
            begun = true;
        }
        Duration pause = Duration.ofNanos(free - now);
        OptionalLong rate = table.at(clock.get());
        if (rate.isPresent()) {
            free += (long) ((double) bytes * NANOS / rate.getAsLong());
        }
        return pause;
    }

    /// Gives what `from` gives, at the rate.
    InputStream slow(InputStream from) {
        return new Slow(from);
    }

    private final class Slow extends FilterInputStream {
        Slow(InputStream from) {
            super(from);
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            if (one >= 0) {
                pass(1);
            }
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int got = in.read(into, offset, Math.min(length, PIECE));
            if (got > 0) {
                pass(got);
            }
            return got;
        }

        /// What is skipped went over the line too.
        @Override
        public long skip(long count) throws IOException {
            long skipped = in.skip(Math.min(count, PIECE));
            pass((int) skipped);
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
