package dev.reprise.operations.point;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.repository.Repository;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/// The recovery points of a repository.
public final class Points {
    private static final int SHORTEST_PREFIX = 4;

    private final Repository repository;

    public Points(Repository repository) {
        this.repository = repository;
    }

    /// Seals and stores a manifest. From here on the point exists; everything it names must be durable before.
    public void save(RecoveryPoint point) {
        repository.unpacked().save(ObjectType.POINT, PointFormat.encode(point));
    }

    /// Every point of which something is left, oldest first. One that cannot be read is given to `damaged` with
    /// the reason. A source whose snapshot was removed since (stock restic can) is shown as failed; a snapshot
    /// that was rewritten (tagged) is followed.
    public List<RecoveryPoint> list(BiConsumer<ObjectId, RuntimeException> damaged) {
        return left(asWritten(damaged));
    }

    /// As [#list], of manifests that were read before.
    public List<RecoveryPoint> left(List<RecoveryPoint> written) {
        return new Remains(repository).of(written);
    }

    /// What becomes of a point when snapshots are removed.
    ///
    /// @param sources names of those that can no longer be restored from it, in its order
    /// @param whole   true if it has no other sources left
    public record Loss(RecoveryPoint point, List<String> sources, boolean whole) {}

    /// What removing these snapshots would take away from which points, oldest first. A snapshot that was rewritten
    /// counts for the point of the one it was made from.
    ///
    /// @param damaged told of every manifest that cannot be read
    public List<Loss> losses(Set<ObjectId> removed, BiConsumer<ObjectId, RuntimeException> damaged) {
        List<Loss> losses = new ArrayList<>();
        List<RecoveryPoint> written = asWritten(damaged);
        for (RecoveryPoint point : written.isEmpty() ? written : remains().of(written)) {
            List<String> lost = point.captured().stream()
                    .filter(source -> source.snapshot() != null && removed.contains(source.snapshot()))
                    .map(CapturedSource::name)
                    .toList();
            if (!lost.isEmpty()) {
                losses.add(new Loss(point, lost, lost.size() == point.captured().size()));
            }
        }
        return losses;
    }

    /// Those of the given manifests that lost nothing: every snapshot they name is in this repository, itself or made
    /// from it without changing what it holds.
    public List<RecoveryPoint> whole(List<RecoveryPoint> written) {
        Map<RunId, Integer> left = new HashMap<>();
        for (RecoveryPoint point : left(written)) {
            left.put(point.run(), point.captured().size());
        }
        return written.stream()
                .filter(point -> !point.captured().isEmpty())
                .filter(point ->
                        left.getOrDefault(point.run(), 0) == point.captured().size())
                .toList();
    }

    /// What a source's snapshot has become, if it is gone and nothing left of it holds what was captured.
    ///
    /// @return empty if no snapshot was made from it
    public Optional<String> rewritten(RecoveryPoint point, CapturedSource source) {
        ObjectId snapshot = source.snapshot();
        if (snapshot == null) {
            return Optional.empty();
        }
        List<StoredSnapshot> successors = remains().successors(point.run(), source.name(), snapshot);
        return successors.isEmpty()
                ? Optional.empty()
                : Optional.of(Remains.rewrittenAs(snapshot, successors.getLast().id()));
    }

    private Remains remains() {
        return new Remains(repository);
    }

    /// Every manifest as it was written, oldest first, whatever became of its snapshots. A storage that fails is not
    /// a damaged manifest: its exception is thrown.
    public List<RecoveryPoint> asWritten(BiConsumer<ObjectId, RuntimeException> damaged) {
        return asWritten((_, _) -> {}, damaged);
    }

    /// As above, and tells of every manifest under which id it is stored; two may be of one run.
    public List<RecoveryPoint> asWritten(
            BiConsumer<ObjectId, RecoveryPoint> found, BiConsumer<ObjectId, RuntimeException> damaged) {
        List<ObjectId> ids = new ArrayList<>();
        repository
                .storage()
                .list(
                        ObjectType.POINT,
                        object -> ids.add(ObjectId.parse(object.key().name())));
        List<RecoveryPoint> points = new ArrayList<>(ids.size());
        for (ObjectId id : ids) {
            try {
                RecoveryPoint point = load(id);
                found.accept(id, point);
                points.add(point);
            } catch (RepositoryException e) {
                damaged.accept(id, e);
            }
        }
        points.sort(Comparator.comparing(RecoveryPoint::started)
                .thenComparing(point -> point.run().hex()));
        // Two that copy at once may both store the manifest of a run.
        Set<RunId> runs = new HashSet<>();
        points.removeIf(point -> !runs.add(point.run()));
        return points;
    }

    private RecoveryPoint load(ObjectId id) {
        byte[] json = repository.unpacked().load(ObjectType.POINT, id);
        try {
            return PointFormat.decode(json);
        } catch (IllegalArgumentException e) {
            throw RepositoryException.damaged("point " + id.hex(), String.valueOf(e.getMessage()), e);
        }
    }

    /// The one point a user means.
    ///
    /// @param wanted   `latest`, or the first digits of a run's id
    /// @param eligible limits what `latest` may choose, for example to points that hold a source
    /// @param damaged  told of every point that cannot be read: the one that was meant may be among them
    /// @throws OperationException if none or several fit
    public RecoveryPoint find(
            String wanted, Predicate<RecoveryPoint> eligible, BiConsumer<ObjectId, RuntimeException> damaged) {
        List<ObjectId> unreadable = new ArrayList<>();
        List<RecoveryPoint> all = list((id, reason) -> {
            unreadable.add(id);
            damaged.accept(id, reason);
        });
        List<RecoveryPoint> fitting = wanted.equals("latest")
                ? all.stream().filter(eligible).toList()
                : all.stream()
                        .filter(point -> wanted.length() >= SHORTEST_PREFIX
                                && point.run().hex().startsWith(wanted))
                        .toList();
        if (fitting.isEmpty()) {
            throw none(wanted, all.size(), unreadable.size());
        }
        if (fitting.size() > 1 && !wanted.equals("latest")) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "%d recovery points begin with %s".formatted(fitting.size(), wanted),
                    "give more digits; \"reprise points\" lists them",
                    null);
        }
        return fitting.getLast();
    }

    private static OperationException none(String wanted, int known, int unreadable) {
        String damage = unreadable == 0 ? "" : ", and %d that cannot be read".formatted(unreadable);
        return new OperationException(
                ExitStatus.FAILED,
                "no recovery point fits \"%s\" among %d%s".formatted(wanted, known, damage),
                "run \"reprise points\" to see what there is",
                null);
    }
}
