package dev.reprise.operations.copy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which snapshots have to be copied.
///
/// @param missing to be copied, in the order they were chosen
/// @param copied  those that the destination already has, each with its copy there
public record CopyPlan(List<StoredSnapshot> missing, Map<StoredSnapshot, ObjectId> copied) {
    /// A snapshot counts as copied if the destination has one of the same first ancestor that agrees in everything
    /// but parent and ancestor: after its tags were changed there, it is copied again.
    ///
    /// @param present snapshots of the destination
    public static CopyPlan of(List<StoredSnapshot> chosen, List<StoredSnapshot> present) {
        Map<ObjectId, List<StoredSnapshot>> byAncestor = new HashMap<>();
        for (StoredSnapshot there : present) {
            byAncestor.computeIfAbsent(there.id(), _ -> new ArrayList<>()).add(there);
            byAncestor.computeIfAbsent(ancestor(there), _ -> new ArrayList<>()).add(there);
        }
        List<StoredSnapshot> missing = new ArrayList<>();
        Map<StoredSnapshot, ObjectId> copied = new LinkedHashMap<>();
        for (StoredSnapshot snapshot : chosen) {
            byAncestor.getOrDefault(ancestor(snapshot), List.of()).stream()
                    .filter(there -> isSimilar(there.snapshot(), snapshot.snapshot()))
                    .findFirst()
                    .ifPresentOrElse(there -> copied.put(snapshot, there.id()), () -> missing.add(snapshot));
        }
        return new CopyPlan(missing, copied);
    }

    private static ObjectId ancestor(StoredSnapshot stored) {
        ObjectId original = stored.snapshot().original();
        return original == null ? stored.id() : original;
    }

    private static boolean isSimilar(Snapshot a, Snapshot b) {
        return a.time().isEqual(b.time())
                && a.tree().equals(b.tree())
                && a.hostname().equals(b.hostname())
                && a.username().equals(b.username())
                && a.uid() == b.uid()
                && a.gid() == b.gid()
                && a.paths().size() == b.paths().size()
                && new HashSet<>(a.paths()).containsAll(b.paths())
                && a.tags().size() == b.tags().size()
                && new HashSet<>(a.tags()).containsAll(b.tags())
                && a.excludes().equals(b.excludes());
    }
}
