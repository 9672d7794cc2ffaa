package dev.reprise.operations.point;

import dev.reprise.base.ObjectId;
import dev.reprise.sources.Facts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The manifest of one run: everything needed to restore its sources and to tell whether a restore is right.
///
/// @param format         version of this document, now 1
/// @param program        name and version of the program that wrote it
/// @param job            name in the configuration
/// @param host           where it ran
/// @param started        when the run began
/// @param finished       when its last source was captured
/// @param sources        in the order they were captured
/// @param configuration  the job's effective settings by key, without secrets
public record RecoveryPoint(
        int format,
        RunId run,
        String program,
        String job,
        String host,
        Instant started,
        Instant finished,
        List<CapturedSource> sources,
        Map<String, String> configuration) {
    public static final int FORMAT = 1;

    /// What became of one source.
    public enum Outcome {
        CAPTURED,
        /// A snapshot exists, but some items could not be read.
        INCOMPLETE,
        /// No snapshot; only an optional source may fail within a point.
        FAILED
    }

    /// @param kind       `files`, `postgres`, `redis`
    /// @param snapshot   null when it failed
    /// @param tree       root tree of the snapshot, null when it failed
    /// @param streams    for sources read as streams: what each one was
    /// @param bytes      plaintext bytes read
    /// @param addedBytes bytes added to the repository, sealed
    /// @param unreadable items that could not be read
    /// @param problems   warnings, and the reason of a failure
    public record CapturedSource(
            String name,
            String kind,
            boolean required,
            Outcome outcome,
            @Nullable ObjectId snapshot,
            @Nullable ObjectId tree,
            Instant started,
            Instant finished,
            Facts facts,
            List<CapturedStream> streams,
            long bytes,
            long addedBytes,
            long unreadable,
            List<String> problems) {
        CapturedSource with(
                Outcome newOutcome,
                @Nullable ObjectId newSnapshot,
                @Nullable ObjectId newTree,
                List<String> newProblems) {
            return new CapturedSource(
                    name,
                    kind,
                    required,
                    newOutcome,
                    newSnapshot,
                    newTree,
                    started,
                    finished,
                    facts,
                    streams,
                    bytes,
                    addedBytes,
                    unreadable,
                    newProblems);
        }
    }

    /// @param sha256 of the whole stream
    public record CapturedStream(String path, long bytes, ObjectId sha256) {}

    RecoveryPoint with(List<CapturedSource> newSources) {
        return new RecoveryPoint(
                format, run, program, job, host, started, finished, List.copyOf(newSources), configuration);
    }

    /// True when every source was captured whole.
    public boolean complete() {
        return sources.stream().allMatch(source -> source.outcome() == Outcome.CAPTURED);
    }

    /// Every source that can be restored from this point.
    public List<CapturedSource> captured() {
        return sources.stream()
                .filter(source -> source.outcome() != Outcome.FAILED)
                .toList();
    }

    public Optional<CapturedSource> source(String name) {
        return sources.stream().filter(source -> source.name().equals(name)).findFirst();
    }

    /// The moment from which everything after is lost if only this point is left: the earliest moment any of its
    /// sources stands for.
    public Instant consistentAt() {
        return sources.stream()
                .filter(source -> source.outcome() != Outcome.FAILED)
                .map(source -> source.facts().consistentAt())
                .min(Instant::compareTo)
                .orElse(started);
    }
}
