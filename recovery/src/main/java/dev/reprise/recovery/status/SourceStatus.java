package dev.reprise.recovery.status;

import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What could be recovered of one source right now.
///
/// @param job       the job that captures it
/// @param source    its name
/// @param restorable the newest point that holds it whole; empty when there is none
/// @param exposure  how much would be lost if the source died now: age of what that point stands for. Empty when
///                  there is no point
/// @param captureTook how long that capture took
/// @param attention one sentence for everything the operator should look at
public record SourceStatus(
        String job,
        String source,
        Optional<RecoveryPoint> restorable,
        Optional<Duration> exposure,
        Optional<Duration> captureTook,
        List<String> attention) {

    /// @param points of the repository, oldest first
    public static SourceStatus of(String job, String source, List<RecoveryPoint> points, InstantSource clock) {
        Optional<RecoveryPoint> whole = Optional.empty();
        List<String> attention = new ArrayList<>();
        for (RecoveryPoint point : points) {
            Optional<CapturedSource> captured = point.job().equals(job) ? point.source(source) : Optional.empty();
            if (captured.isPresent()) {
                Outcome outcome = captured.get().outcome();
                attention.clear();
                if (outcome == Outcome.CAPTURED) {
                    whole = Optional.of(point);
                } else {
                    attention.add(describe(point, captured.get()));
                }
            }
        }
        if (whole.isEmpty()) {
            attention.add("no recovery point holds it whole: it cannot be recovered");
        }
        Instant now = clock.instant();
        Optional<CapturedSource> newest = whole.flatMap(point -> point.source(source));
        return new SourceStatus(
                job,
                source,
                whole,
                newest.map(captured -> Duration.between(captured.facts().consistentAt(), now)),
                newest.map(captured -> Duration.between(captured.started(), captured.finished())),
                List.copyOf(attention));
    }

    private static String describe(RecoveryPoint point, CapturedSource captured) {
        String what = captured.outcome() == Outcome.FAILED
                ? "could not be captured"
                : "was captured without %d items that could not be read".formatted(captured.unreadable());
        String why =
                captured.problems().isEmpty() ? "" : ": " + captured.problems().getFirst();
        return "in the newest point %s it %s%s".formatted(point.run().shortHex(), what, why);
    }
}
