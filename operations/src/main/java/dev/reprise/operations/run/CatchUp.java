package dev.reprise.operations.run;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.copy.CopyListener;
import dev.reprise.operations.copy.CopyPlan;
import dev.reprise.operations.copy.SnapshotCopy;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Gives a repository points that it lacks, from one that has them.
final class CatchUp {
    private final OpenDestination from;
    private final OpenDestination to;
    private final RunRequest request;
    private final RunListener listener;
    private int copied;

    CatchUp(OpenDestination from, OpenDestination to, RunRequest request, RunListener listener) {
        this.from = from;
        this.to = to;
        this.request = request;
        this.listener = listener;
    }

    /// Copies the newest first. A point of which something cannot be read is told of and left out: it must not keep
    /// those behind it from being copied.
    ///
    /// @param missing as written, oldest first
    /// @return how many points it has been given
    int run(List<RecoveryPoint> missing) {
        List<RecoveryPoint> whole = new Points(from.repository()).whole(missing);
        if (whole.isEmpty()) {
            return 0;
        }
        listener.on(new RunEvent.CatchingUp(to.name(), from.name(), whole.size()));
        Map<ObjectId, StoredSnapshot> there = new HashMap<>();
        from.repository().snapshots((_, _) -> {}).forEach(stored -> there.put(stored.id(), stored));
        SnapshotCopy copy = copy();
        for (RecoveryPoint point : whole.reversed()) {
            List<StoredSnapshot> snapshots = point.captured().stream()
                    .map(CapturedSource::snapshot)
                    .filter(Objects::nonNull)
                    .map(there::get)
                    .filter(Objects::nonNull)
                    .toList();
            try {
                copy.copy(CopyPlan.of(snapshots, to.snapshots()).missing());
            } catch (RepositoryException e) {
                listener.on(new RunEvent.Warning("point %s cannot be copied from repository %s to %s: %s"
                        .formatted(point.run().shortHex(), from.name(), to.name(), e.fact())));
                copy = copy(); // the old one takes what it began for stored
            }
        }
        copy.copyPoints(whole);
        return copied;
    }

    private SnapshotCopy copy() {
        return new SnapshotCopy(
                from.repository(),
                from.index(),
                to.repository(),
                to.index(),
                to.lock(),
                to.destination().writing(),
                request.workers(),
                new Copied());
    }

    /// Counts the points; the rest is told when it is done.
    private final class Copied implements CopyListener {
        @Override
        public void started(StoredSnapshot snapshot) {}

        @Override
        public void counted(long blobs, long bytes, long packs) {}

        @Override
        public void saved(StoredSnapshot snapshot, ObjectId copy) {}

        @Override
        public void pointCopied(String run) {
            copied++;
        }
    }
}
