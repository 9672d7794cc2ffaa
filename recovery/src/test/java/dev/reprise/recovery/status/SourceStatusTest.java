package dev.reprise.recovery.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.operations.point.RunId;
import dev.reprise.sources.Facts;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SourceStatusTest {
    private static final Instant MONDAY = Instant.parse("2026-11-16T02:00:00Z");
    private static final Instant TUESDAY = Instant.parse("2026-11-17T02:00:00Z");
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-17T12:00:00Z"));

    @Test
    void without_a_point_nothing_can_be_recovered() {
        var status = SourceStatus.of("nightly", "main", List.of(), NOON);

        assertThat(status.restorable()).isEmpty();
        assertThat(status.exposure()).isEmpty();
        assertThat(status.attention()).containsExactly("no recovery point holds it whole: it cannot be recovered");
    }

    @Test
    void exposure_is_the_age_of_the_newest_whole_capture() {
        var status = SourceStatus.of(
                "nightly", "main", List.of(point(MONDAY, Outcome.CAPTURED), point(TUESDAY, Outcome.CAPTURED)), NOON);

        assertThat(status.exposure()).contains(Duration.ofHours(10));
        assertThat(status.captureTook()).contains(Duration.ofSeconds(5));
        assertThat(status.attention()).isEmpty();
    }

    @Test
    void a_failure_since_then_does_not_hide_the_older_point_but_is_told() {
        var status = SourceStatus.of(
                "nightly", "main", List.of(point(MONDAY, Outcome.CAPTURED), point(TUESDAY, Outcome.FAILED)), NOON);

        assertThat(status.exposure()).contains(Duration.ofHours(34));
        assertThat(status.attention())
                .containsExactly("in the newest point 00000000 it could not be captured: connection refused");
    }

    @Test
    void an_incomplete_capture_is_not_whole() {
        var status = SourceStatus.of("nightly", "main", List.of(point(MONDAY, Outcome.INCOMPLETE)), NOON);

        assertThat(status.restorable()).isEmpty();
        assertThat(status.attention()).hasSize(2);
    }

    private static RecoveryPoint point(Instant at, Outcome outcome) {
        @Nullable ObjectId id = outcome == Outcome.FAILED ? null : ObjectId.hash(new byte[] {1});
        var facts = new Facts(at, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        List<String> problems = outcome == Outcome.FAILED ? List.of("connection refused") : List.of();
        var source = new CapturedSource(
                "main", "postgres", false, outcome, id, id, at, at.plusSeconds(5), facts, List.of(), 1, 1, 0, problems);
        return new RecoveryPoint(
                1,
                new RunId("0000000000000000"),
                "reprise test",
                "nightly",
                "db1",
                at,
                at.plusSeconds(6),
                List.of(source),
                Map.of());
    }
}
