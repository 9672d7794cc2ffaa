package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Examines recovery points: every manifest reads, and every snapshot it names is there and is the one it means.
public final class PointCheck {
    /// @param points  manifests that were read
    /// @param removed snapshots that manifests name and that are gone, other than defects
    /// @param defects reported
    public record Result(long points, long removed, long defects) {}

    private final Repository repository;
    private final CheckListener listener;
    private final AtomicLong removed = new AtomicLong();
    private final AtomicLong defects = new AtomicLong();

    public PointCheck(Repository repository, CheckListener listener) {
        this.repository = repository;
        this.listener = listener;
    }

    public Result run() {
        var points = new Points(repository);
        List<RecoveryPoint> written = points.asWritten((_, reason) -> defect(String.valueOf(reason.getMessage())));
        Map<RunId, RecoveryPoint> left = new HashMap<>();
        points.list((_, _) -> {}).forEach(point -> left.put(point.run(), point));
        Map<ObjectId, StoredSnapshot> snapshots = new HashMap<>();
        repository.snapshots((_, _) -> {}).forEach(each -> snapshots.put(each.id(), each));
        Map<String, RunId> newest = new HashMap<>();
        written.forEach(point -> newest.put(point.job(), point.run()));
        for (RecoveryPoint point : written) {
            boolean isNewest = point.run().equals(newest.get(point.job()));
            RecoveryPoint remaining = left.get(point.run());
            for (CapturedSource source : point.sources()) {
                if (source.snapshot() != null) {
                    check(point, source, remaining, isNewest, snapshots);
                }
            }
        }
        orphans(written, snapshots);
        return new Result(written.size(), removed.get(), defects.get());
    }

    /// A run that was killed at its very end leaves snapshots without a manifest. Many runs do not.
    private void orphans(List<RecoveryPoint> written, Map<ObjectId, StoredSnapshot> snapshots) {
        Set<String> known = new HashSet<>();
        written.forEach(point -> known.add("run:" + point.run().hex()));
        Set<String> orphaned = new TreeSet<>();
        for (StoredSnapshot each : snapshots.values()) {
            each.snapshot().tags().stream()
                    .filter(tag -> tag.startsWith("run:") && !known.contains(tag))
                    .forEach(orphaned::add);
        }
        if (orphaned.isEmpty()) {
            return;
        }
        String fact =
                "%d runs have snapshots but no manifest (%s%s): they are no recovery points; restic restores them by tag"
                        .formatted(orphaned.size(), orphaned.iterator().next(), orphaned.size() > 1 ? ", …" : "");
        if (written.isEmpty()) {
            defect(fact + "; all manifests are gone");
        } else {
            listener.on(new CheckEvent.Hint(fact));
        }
    }

    /// A rule of retention removes old snapshots, never the newest ones: if those are gone, something else did it.
    private void check(
            RecoveryPoint point,
            CapturedSource source,
            @Nullable RecoveryPoint remaining,
            boolean isNewest,
            Map<ObjectId, StoredSnapshot> snapshots) {
        ObjectId id = remaining == null
                ? null
                : remaining.source(source.name()).map(CapturedSource::snapshot).orElse(null);
        if (id == null) {
            gone(point, source, isNewest);
            return;
        }
        StoredSnapshot found = snapshots.get(id);
        if (found == null) {
            defect("snapshot %s of source %s, named by point %s, cannot be read"
                    .formatted(id.shortHex(), source.name(), point.run().shortHex()));
        } else if (!found.snapshot().tree().equals(source.tree())) {
            defect("point %s and snapshot %s of source %s disagree about its tree"
                    .formatted(point.run().shortHex(), id.shortHex(), source.name()));
        }
    }

    private void gone(RecoveryPoint point, CapturedSource source, boolean isNewest) {
        String fact = "point %s of job %s has lost the snapshot of source %s"
                .formatted(point.run().shortHex(), point.job(), source.name());
        Optional<String> rewritten = new Points(repository).rewritten(point, source);
        if (isNewest) {
            defect(fact + rewritten.map(words -> ": " + words).orElse(", although it is the newest point"));
        } else {
            removed.incrementAndGet();
            listener.on(new CheckEvent.Hint(fact + ": " + rewritten.orElse("forgotten, or removed by somebody")));
        }
    }

    private void defect(String fact) {
        defects.incrementAndGet();
        listener.on(new CheckEvent.Defect(fact));
    }
}
