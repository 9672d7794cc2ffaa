package dev.reprise.cli.stack;

import dev.reprise.operations.immutability.ImmutabilityMemory.PointEnd;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// How many points a place keeps whole.
///
/// @param points that were looked at
/// @param kept   of which everything is kept now
/// @param first  when the first of those is free; empty if there is none
record KeptPoints(int points, int kept, Optional<Instant> first) {
    static KeptPoints of(Collection<PointEnd> ends, Instant now) {
        List<Instant> kept = ends.stream()
                .map(PointEnd::until)
                .filter(Objects::nonNull)
                .filter(until -> until.isAfter(now))
                .toList();
        return new KeptPoints(ends.size(), kept.size(), kept.stream().min(Instant::compareTo));
    }

    String words(ZoneId zone) {
        return first.map(instant -> "%d of %d points are kept whole, all of these until %s"
                        .formatted(kept, points, Show.time(instant, zone)))
                .orElse("none of %d points is kept whole".formatted(points));
    }
}
