package dev.reprise.serve;

import dev.reprise.serve.ServeSettings.Limits;
import java.io.IOException;
import java.util.function.LongSupplier;

/// Ends bodies that crawl: one byte now and then would hold a connection and a draft for ever.
final class Pace {
    private static final double NANOS = 1e9;

    private final Limits limits;
    private final LongSupplier nanoTime;
    private final long started;
    private long moved;

    Pace(Limits limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.started = nanoTime.getAsLong();
    }

    /// @throws TooSlowException if the body has moved too little since its start
    void moved(int bytes) throws TooSlowException {
        moved += bytes;
        long nanos = nanoTime.getAsLong() - started;
        if (nanos > limits.grace().toNanos() && moved < nanos / NANOS * limits.rate()) {
            throw new TooSlowException();
        }
    }

    static final class TooSlowException extends IOException {
        private static final long serialVersionUID = 1;

        TooSlowException() {
            super("the body moves too slowly");
        }
    }
}
