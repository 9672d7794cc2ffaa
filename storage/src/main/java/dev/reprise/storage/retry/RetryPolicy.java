package dev.reprise.storage.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait between attempts, and for how long in all (repository format, section 1.6).
///
/// @param first pause after the first attempt; every later one is twice as long
/// @param most  no pause is longer, before chance adds or takes half of it
/// @param total no pause begins if it would end later than this after the operation began
public record RetryPolicy(Duration first, Duration most, Duration total) {
    /// As restic: 1 s, up to 1 min, 15 min in all.
    public static final RetryPolicy DEFAULT =
            new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofMinutes(15));

    public RetryPolicy {
        if (!first.isPositive() || most.compareTo(first) < 0 || total.isNegative()) {
            throw new IllegalArgumentException("no pauses: " + first + " to " + most + " within " + total);
        }
    }

    /// Half to one and a half of the pause that is due, so that many who failed together do not
    /// come back together.
    ///
    /// @param failures so far, at least 1
    public Duration pause(int failures, RandomGenerator random) {
        long due = first.toNanos();
        for (int i = 1; i < failures && due < most.toNanos(); i++) {
            due = Math.min(2 * due, most.toNanos());
        }
        return Duration.ofNanos(due / 2 + (long) (random.nextDouble() * due));
    }
}
