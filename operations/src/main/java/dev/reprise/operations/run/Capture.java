package dev.reprise.operations.run;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.CapturedStream;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.sources.Facts;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A captured source whose snapshot is not written yet.
///
/// @param snapshot null when the source failed
record Capture(
        RunSource source,
        Outcome outcome,
        @Nullable Snapshot snapshot,
        Instant started,
        Instant finished,
        Facts facts,
        List<CapturedStream> streams,
        long bytes,
        long addedBytes,
        long unreadable,
        List<String> problems) {

    static Capture failed(RunSource source, Instant started, Instant finished, RepriseException reason) {
        return new Capture(
                source,
                Outcome.FAILED,
                null,
                started,
                finished,
                JobRun.at(started),
                List.of(),
                0,
                0,
                0,
                List.of(reason.fact()));
    }

    CapturedSource captured(@Nullable ObjectId id) {
        return new CapturedSource(
                source.name(),
                source.kind(),
                source.required(),
                outcome,
                id,
                snapshot == null ? null : snapshot.tree(),
                started,
                finished,
                facts,
                streams,
                bytes,
                addedBytes,
                unreadable,
                problems);
    }
}
