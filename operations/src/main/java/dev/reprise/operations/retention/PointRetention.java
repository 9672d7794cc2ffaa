package dev.reprise.operations.retention;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What a policy keeps of the recovery points of a job, by the rules for snapshots: the points of
/// each host by themselves, each at the time it began.
///
/// Besides, of each host the newest point stays that holds a source of the job: an optional source that
/// has failed for longer than the policy reaches back would otherwise lose its last backup. With more
/// points at hand no point is kept that fewer let go, so what one repository let go is not given back
/// to it by another.
///
/// @param zone    by whose clock days and months begin
/// @param sources names of the job's sources
public record PointRetention(Retention retention, ZoneId zone, List<String> sources) {
    /// @param points of one job
    /// @return those that no rule keeps, in the order given
    public List<RecoveryPoint> removed(List<RecoveryPoint> points) {
        Set<String> removed = new HashSet<>();
        points.stream()
                .collect(Collectors.groupingBy(RecoveryPoint::host))
                .values()
                .forEach(group -> removed.addAll(removedOf(group)));
        return points.stream()
                .filter(point -> removed.contains(point.run().hex()))
                .toList();
    }

    private Set<String> lastOfSources(List<RecoveryPoint> group) {
        Set<String> last = new HashSet<>();
        for (String source : sources) {
            newest(group, source, Outcome.CAPTURED)
                    .or(() -> newest(group, source, Outcome.INCOMPLETE))
                    .ifPresent(point -> last.add(point.run().hex()));
        }
        return last;
    }

    private static Optional<RecoveryPoint> newest(List<RecoveryPoint> group, String source, Outcome outcome) {
        return group.stream()
                .filter(point -> point.source(source)
                        .filter(captured -> captured.outcome() == outcome)
                        .isPresent())
                .max(Comparator.comparing(RecoveryPoint::started));
    }

    private Set<String> removedOf(List<RecoveryPoint> group) {
        Map<ObjectId, String> runs = new HashMap<>();
        List<StoredSnapshot> stand = new ArrayList<>();
        for (RecoveryPoint point : group) {
            String run = point.run().hex();
            ObjectId id = ObjectId.hash(run.getBytes(StandardCharsets.US_ASCII));
            runs.put(id, run);
            stand.add(new StoredSnapshot(id, standIn(point, id)));
        }
        Set<String> removed = new HashSet<>();
        for (StoredSnapshot stored : retention.decide(stand).remove()) {
            removed.add(Objects.requireNonNull(runs.get(stored.id())));
        }
        removed.removeAll(lastOfSources(group));
        return removed;
    }

    private Snapshot standIn(RecoveryPoint point, ObjectId tree) {
        return new Snapshot(
                point.started().atZone(zone).toOffsetDateTime(),
                null,
                tree,
                List.of(),
                point.host(),
                "",
                0,
                0,
                List.of(),
                List.of(),
                null,
                "",
                null,
                Map.of());
    }

    /// Snapshots that no other point needs once some points are gone.
    ///
    /// @param all     every point there is
    /// @param removed some of them
    public static Set<ObjectId> snapshots(List<RecoveryPoint> all, List<RecoveryPoint> removed) {
        Set<String> gone = removed.stream().map(point -> point.run().hex()).collect(Collectors.toSet());
        Set<ObjectId> snapshots = new HashSet<>();
        all.stream().filter(point -> gone.contains(point.run().hex())).forEach(point -> snapshots.addAll(of(point)));
        all.stream()
                .filter(point -> !gone.contains(point.run().hex()))
                .forEach(point -> snapshots.removeAll(of(point)));
        return snapshots;
    }

    private static Set<ObjectId> of(RecoveryPoint point) {
        Set<ObjectId> snapshots = new HashSet<>();
        for (CapturedSource source : point.captured()) {
            if (source.snapshot() != null) {
                snapshots.add(source.snapshot());
            }
        }
        return snapshots;
    }
}
