package dev.reprise.operations.check;

import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.repository.Repository;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Examines recovery points: every manifest reads, and every snapshot it names is there and is the one it means.
public final class PointCheck {
    /// @param points  manifests that were read
    /// @param defects reported
    public record Result(long points, long defects) {}

    private final Repository repository;
    private final CheckListener listener;
    private final AtomicLong defects = new AtomicLong();

    public PointCheck(Repository repository, CheckListener listener) {
        this.repository = repository;
        this.listener = listener;
    }

    public Result run() {
        List<RecoveryPoint> points =
                new Points(repository).list((_, reason) -> defect(String.valueOf(reason.getMessage())));
        Map<String, StoredSnapshot> snapshots = new HashMap<>();
        repository
                .snapshots((_, _) -> {})
                .forEach(each -> snapshots.put(each.id().hex(), each));
        for (RecoveryPoint point : points) {
            point.sources().forEach(source -> check(point, source, snapshots));
        }
        return new Result(points.size(), defects.get());
    }

    private void check(RecoveryPoint point, CapturedSource source, Map<String, StoredSnapshot> snapshots) {
        if (source.snapshot() == null) {
            return;
        }
        StoredSnapshot found = snapshots.get(source.snapshot().hex());
        if (found == null) {
            defect("snapshot %s of source %s, named by point %s, cannot be read"
                    .formatted(
                            source.snapshot().shortHex(),
                            source.name(),
                            point.run().shortHex()));
        } else if (!found.snapshot().tree().equals(source.tree())) {
            defect("point %s and snapshot %s of source %s disagree about its tree"
                    .formatted(point.run().shortHex(), source.snapshot().shortHex(), source.name()));
        }
    }

    private void defect(String fact) {
        defects.incrementAndGet();
        listener.on(new CheckEvent.Defect(fact));
    }
}
