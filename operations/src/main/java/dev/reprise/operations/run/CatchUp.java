package dev.reprise.operations.run;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.copy.CopyListener;
import dev.reprise.operations.copy.CopyPlan;
import dev.reprise.operations.copy.SnapshotCopy;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/// Gives a repository the points of a job that it missed, from one that has them.
final class CatchUp {
    private final OpenDestination from;
    private final OpenDestination to;
    private final RunRequest request;
    private final RunListener listener;

    CatchUp(OpenDestination from, OpenDestination to, RunRequest request, RunListener listener) {
        this.from = from;
        this.to = to;
        this.request = request;
        this.listener = listener;
    }

    /// Copies the points newer than the newest it has: older ones it may have forgotten on purpose.
    ///
    /// @return how many points it has been given
    int run() {
        List<RecoveryPoint> known = ofJob(new Points(to.repository()).asWritten(this::damaged));
        List<RecoveryPoint> missing = ofJob(new Points(from.repository()).list(this::damaged)).stream()
                .filter(point -> known.isEmpty()
                        || point.started().isAfter(known.getLast().started()))
                .toList();
        listener.on(new RunEvent.CatchingUp(to.name(), from.name(), missing.size()));
        Set<ObjectId> wanted = missing.stream()
                .flatMap(point -> point.captured().stream())
                .map(CapturedSource::snapshot)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(HashSet::new));
        List<StoredSnapshot> chosen = from.repository().snapshots((_, _) -> {}).stream()
                .filter(stored -> wanted.contains(stored.id()))
                .toList();
        var copy = new SnapshotCopy(
                from.repository(),
                from.index(),
                to.repository(),
                to.index(),
                to.lock(),
                to.destination().writing(),
                request.workers(),
                new Quiet());
        copy.copy(CopyPlan.of(chosen, to.snapshots()).missing());
        copy.copyPoints(this::damaged);
        return missing.size();
    }

    private List<RecoveryPoint> ofJob(List<RecoveryPoint> points) {
        return points.stream()
                .filter(point -> point.job().equals(request.job()))
                .toList();
    }

    private void damaged(ObjectId point, RuntimeException reason) {
        listener.on(new RunEvent.Warning(
                "manifest %s cannot be read: %s".formatted(point.hex(), String.valueOf(reason.getMessage()))));
    }

    /// What is copied is told when it is done.
    private static final class Quiet implements CopyListener {
        @Override
        public void started(StoredSnapshot snapshot) {}

        @Override
        public void counted(long blobs, long bytes, long packs) {}

        @Override
        public void saved(StoredSnapshot snapshot, ObjectId copy) {}

        @Override
        public void pointCopied(String run) {}
    }
}
