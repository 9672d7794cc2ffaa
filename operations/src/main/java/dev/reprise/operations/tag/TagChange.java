package dev.reprise.operations.tag;

import dev.reprise.operations.rewrite.Replacement;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotEdit;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
import java.util.List;

/// Which tags change. Empty tags mean nothing.
///
/// @param set    replaces all tags; empty to keep them
/// @param add    put behind the tags there are
/// @param remove taken out after adding
public record TagChange(List<String> set, List<String> add, List<String> remove) {
    public TagChange {
        set = meant(set);
        add = meant(add);
        remove = meant(remove);
    }

    private static List<String> meant(List<String> tags) {
        return tags.stream().filter(tag -> !tag.isEmpty()).toList();
    }

    /// One replacement for each chosen snapshot whose tags change. Setting always changes, as in restic.
    ///
    /// @param present every snapshot of the repository
    public List<Replacement> plan(List<StoredSnapshot> chosen, List<StoredSnapshot> present) {
        List<Replacement> plan = new ArrayList<>();
        for (StoredSnapshot old : chosen) {
            List<String> before = old.snapshot().tags();
            List<String> after = applied(before);
            if (!set.isEmpty() || !after.equals(before)) {
                Snapshot successor = new SnapshotEdit(old.snapshot())
                        .tags(after)
                        .originalUnlessNamed(old.id())
                        .done();
                plan.add(Replacement.of(old, successor, present));
            }
        }
        return plan;
    }

    /// As restic orders them: the last tag moves into the place of one that is removed.
    List<String> applied(List<String> before) {
        if (!set.isEmpty()) {
            return set;
        }
        List<String> tags = new ArrayList<>(before);
        for (String tag : add) {
            if (!tags.contains(tag)) {
                tags.add(tag);
            }
        }
        for (String tag : remove) {
            int at = tags.indexOf(tag);
            if (at >= 0) {
                tags.set(at, tags.getLast());
                tags.removeLast();
            }
        }
        return List.copyOf(tags);
    }
}
