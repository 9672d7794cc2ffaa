package dev.reprise.operations.point;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.repository.Repository;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is left of points whose snapshots other programs removed or rewrote.
final class Remains {
    private final Repository repository;
    private final Set<ObjectId> present = new HashSet<>();
    private @Nullable List<StoredSnapshot> rewritten;

    Remains(Repository repository) {
        this.repository = repository;
    }

    /// The points with every captured source that is still there; points without any are left out.
    List<RecoveryPoint> of(List<RecoveryPoint> points) {
        repository
                .storage()
                .list(
                        ObjectType.SNAPSHOT,
                        object -> present.add(ObjectId.parse(object.key().name())));
        List<RecoveryPoint> left = new ArrayList<>();
        for (RecoveryPoint point : points) {
            List<CapturedSource> sources = point.sources().stream()
                    .map(source -> of(point.run(), source))
                    .toList();
            if (sources.stream().anyMatch(source -> source.snapshot() != null)) {
                left.add(point.with(sources));
            }
        }
        return left;
    }

    private CapturedSource of(RunId run, CapturedSource source) {
        ObjectId snapshot = source.snapshot();
        if (snapshot == null || present.contains(snapshot)) {
            return source;
        }
        List<StoredSnapshot> successors = successors(run, source.name(), snapshot);
        for (StoredSnapshot successor : successors) {
            if (successor.snapshot().tree().equals(source.tree())) {
                return source.with(source.outcome(), successor.id(), source.tree(), source.problems());
            }
        }
        List<String> problems = new ArrayList<>(source.problems());
        problems.add(
                successors.isEmpty()
                        ? "its snapshot %s was removed from the repository".formatted(snapshot.shortHex())
                        : rewrittenAs(snapshot, successors.getLast().id()));
        return source.with(Outcome.FAILED, null, null, List.copyOf(problems));
    }

    /// Not what was captured any more, so nothing the point says of it holds; but it can be restored by itself.
    static String rewrittenAs(ObjectId snapshot, ObjectId successor) {
        return "its snapshot %s was rewritten as %s, which holds something else; restore that by its own id"
                .formatted(snapshot.shortHex(), successor.shortHex());
    }

    /// Snapshots made from this one, oldest first: with other tags, host or time, copied here, or without some files.
    /// Each names the one before it or the first of all, so the run's own tags tell them where a link is missing.
    List<StoredSnapshot> successors(RunId run, String source, ObjectId snapshot) {
        List<StoredSnapshot> all = rewritten;
        if (all == null) {
            all = repository.snapshots((_, _) -> {});
            rewritten = all;
        }
        List<String> tags = List.of("run:" + run.hex(), "source:" + source);
        return all.stream()
                .filter(candidate -> snapshot.equals(candidate.snapshot().original())
                        || (candidate.snapshot().original() != null
                                && candidate.snapshot().tags().containsAll(tags)))
                .toList();
    }
}
