package dev.reprise.compat.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
        verifyNothingWasLost(changes, now);
        snapshots = new ArrayList<>(found);
    }

    /// What is replaced is there or one of its replacements: two commands may replace the same one, and the later one
    /// does not find it any more.
    private void verifyNothingWasLost(List<Change> changes, Map<Saved, Integer> now) {
        Map<Saved, Integer> before = count(snapshots);
        Map<Saved, List<Saved>> replacements = new LinkedHashMap<>();
        for (Change change : changes) {
            if (change instanceof Change.Replace(Saved old, Saved replacement)) {
                replacements.computeIfAbsent(old, _ -> new ArrayList<>()).add(replacement);
            }
        }
        replacements.forEach((old, all) -> {
            boolean oldIsThere = now.getOrDefault(old, 0) >= before.getOrDefault(old, 0);
            boolean newIsThere =
                    all.stream().anyMatch(each -> now.getOrDefault(each, 0) > before.getOrDefault(each, 0));
            assertThat(oldIsThere || newIsThere).as("%s or one of %s", old, all).isTrue();
        });
    }

    private static Map<Saved, Integer> count(Collection<Saved> all) {
        Map<Saved, Integer> counts = new HashMap<>();
        all.forEach(saved -> counts.merge(saved, 1, Integer::sum));
        return counts;
    }
}
