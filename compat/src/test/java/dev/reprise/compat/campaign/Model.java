package dev.reprise.compat.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The snapshots a repository must have.
final class Model {
    private List<Saved> snapshots = new ArrayList<>();

    List<Saved> snapshots() {
        return List.copyOf(snapshots);
    }

    /// The command ran to its end.
    void done(List<Change> changes) {
        for (Change change : changes) {
            switch (change) {
                case Change.Add(Saved saved) -> snapshots.add(saved);
                case Change.Remove(Saved saved) -> snapshots.remove(saved);
                case Change.Replace(Saved old, Saved replacement) -> {
                    snapshots.remove(old);
                    snapshots.add(replacement);
                }
            }
        }
    }

    /// The repository has exactly what it must have.
    void verify(Collection<Saved> found) {
        assertThat(found).containsExactlyInAnyOrderElementsOf(snapshots);
    }

    /// The command was cut off, so each of its changes happened or did not; nothing else did.
    void verifyPartly(List<Change> changes, Collection<Saved> found) {
        Map<Saved, Integer> least = count(snapshots);
        Map<Saved, Integer> most = count(snapshots);
        for (Change change : changes) {
            switch (change) {
                case Change.Add(Saved saved) -> most.merge(saved, 1, Integer::sum);
                case Change.Remove(Saved saved) -> least.merge(saved, -1, Integer::sum);
                case Change.Replace(Saved old, Saved replacement) -> {
                    least.merge(old, -1, Integer::sum);
                    most.merge(replacement, 1, Integer::sum);
                }
            }
        }
        Map<Saved, Integer> now = count(found);
        least.forEach((saved, number) ->
                assertThat(now.getOrDefault(saved, 0)).as("%s", saved).isGreaterThanOrEqualTo(number));
        now.forEach(
                (saved, number) -> assertThat(number).as("%s", saved).isLessThanOrEqualTo(most.getOrDefault(saved, 0)));
        Map<Saved, Integer> before = count(snapshots);
        for (Change change : changes) {
            if (change instanceof Change.Replace(Saved old, Saved replacement)) {
                boolean oldIsThere = now.getOrDefault(old, 0) >= before.getOrDefault(old, 0);
                boolean newIsThere = now.getOrDefault(replacement, 0) > before.getOrDefault(replacement, 0);
                assertThat(oldIsThere || newIsThere)
                        .as("%s or %s", old, replacement)
                        .isTrue();
            }
        }
        snapshots = new ArrayList<>(found);
    }

    private static Map<Saved, Integer> count(Collection<Saved> all) {
        Map<Saved, Integer> counts = new HashMap<>();
        all.forEach(saved -> counts.merge(saved, 1, Integer::sum));
        return counts;
    }
}
