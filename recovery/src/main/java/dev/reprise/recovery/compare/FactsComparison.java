package dev.reprise.recovery.compare;

import dev.reprise.sources.Facts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/// What a source recorded against what is there after a restore, value by value.
///
/// Only counts and digests are compared: versions and positions belong to the server, not to the data.
///
/// @param compared    how many values were compared; with 0 nothing was proven
/// @param differences one sentence per value that is missing, new or different
public record FactsComparison(int compared, List<String> differences) {
    /// @param recorded taken when the data was captured
    /// @param restored taken from the restored data in the same way
    public static FactsComparison of(Facts recorded, Facts restored) {
        List<String> differences = new ArrayList<>();
        int compared = compare("count", recorded.counts(), restored.counts(), differences)
                + compare("digest", recorded.digests(), restored.digests(), differences);
        return new FactsComparison(compared, List.copyOf(differences));
    }

    /// True when something was compared and nothing differs.
    public boolean proven() {
        return compared > 0 && differences.isEmpty();
    }

    private static <V> int compare(
            String what, SortedMap<String, V> recorded, SortedMap<String, V> restored, List<String> differences) {
        for (Map.Entry<String, V> entry : recorded.entrySet()) {
            V now = restored.get(entry.getKey());
            if (!entry.getValue().equals(now)) {
                differences.add("%s %s was %s, is %s"
                        .formatted(what, entry.getKey(), entry.getValue(), now == null ? "missing" : now));
            }
        }
        for (String name : restored.keySet()) {
            if (!recorded.containsKey(name)) {
                differences.add("%s %s was not recorded, is %s".formatted(what, name, restored.get(name)));
            }
        }
        return recorded.size();
    }
}
