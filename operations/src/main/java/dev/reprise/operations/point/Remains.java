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
            List<CapturedSource> sources =
                    point.sources().stream().map(this::of).toList();
            if (sources.stream().anyMatch(source -> source.snapshot() != null)) {
                left.add(point.with(sources));
            }
        }
        return left;
    }

    private CapturedSource of(CapturedSource source) {
        ObjectId snapshot = source.snapshot();
        if (snapshot == null || present.contains(snapshot)) {
            return source;
        }
        StoredSnapshot successor = successor(snapshot, source.tree());
        if (successor != null) {
            return source.with(source.outcome(), successor.id(), source.tree(), source.problems());
        }
        List<String> problems = new ArrayList<>(source.problems());
        problems.add("its snapshot %s was removed from the repository".formatted(snapshot.shortHex()));
        return source.with(Outcome.FAILED, null, null, List.copyOf(problems));
    }

    /// A snapshot that was made from this one without changing what it holds.
    private @Nullable StoredSnapshot successor(ObjectId snapshot, @Nullable ObjectId tree) {
        List<StoredSnapshot> all = rewritten;
        if (all == null) {
            all = repository.snapshots((_, _) -> {});
            rewritten = all;
        }
        for (StoredSnapshot candidate : all) {
            boolean same = snapshot.equals(candidate.snapshot().original())
                    && candidate.snapshot().tree().equals(tree);
            if (same) {
                return candidate;
            }
        }
        return null;
    }
}
