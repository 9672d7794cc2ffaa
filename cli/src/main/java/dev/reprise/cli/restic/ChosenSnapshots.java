package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.Repository;
import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The snapshots that a verb for many of them works on: those named, else those the filter matches (repository format,
/// section 8.2). What cannot be used is told on standard error in restic's words and left out.
///
/// @param chosen     oldest first, or in the order they were named
/// @param all        every snapshot that can be read, oldest first
/// @param unreadable snapshot files that cannot be read, as far as they were meant, with the reason
record ChosenSnapshots(
        List<StoredSnapshot> chosen, List<StoredSnapshot> all, Map<ObjectId, RuntimeException> unreadable) {

    /// @param words ids, starts of ids, or `latest`; empty for all the filter matches
    static ChosenSnapshots of(Repository repository, SnapshotFilter filter, List<String> words, ResticOutput output) {
        ChosenSnapshots chosen = quietly(repository, filter, words, output);
        chosen.unreadable.forEach((id, reason) -> ignoring(output, id.hex(), String.valueOf(reason.getMessage())));
        return chosen;
    }

    /// As above, leaving what cannot be read to the caller to tell.
    static ChosenSnapshots quietly(
            Repository repository, SnapshotFilter filter, List<String> words, ResticOutput output) {
        Map<ObjectId, RuntimeException> unreadable = new TreeMap<>();
        List<StoredSnapshot> all = repository.snapshots(unreadable::put);
        if (words.isEmpty()) {
            return new ChosenSnapshots(filter.select(all), all, unreadable);
        }
        Set<StoredSnapshot> chosen = new LinkedHashSet<>();
        Map<ObjectId, RuntimeException> meant = new TreeMap<>();
        for (String word : words) {
            List<ObjectId> damaged = unreadable.keySet().stream()
                    .filter(id -> id.hex().startsWith(word))
                    .toList();
            if (word.contains(":")) {
                ignoring(output, word, "<snapshot>:<subfolder> syntax not allowed");
            } else if (damaged.size() == 1 && none(all, word)) {
                meant.put(damaged.getFirst(), unreadable.get(damaged.getFirst()));
            } else {
                find(all, filter, word, chosen, output);
            }
        }
        if (!words.contains(SnapshotFilter.LATEST) && !filter.equals(SnapshotFilter.ALL)) {
            ignoring(output, "filters", "explicit snapshot ids are given");
        }
        return new ChosenSnapshots(List.copyOf(chosen), all, meant);
    }

    private static boolean none(List<StoredSnapshot> all, String prefix) {
        return all.stream().noneMatch(stored -> stored.id().hex().startsWith(prefix));
    }

    private static void find(
            List<StoredSnapshot> all,
            SnapshotFilter filter,
            String word,
            Set<StoredSnapshot> chosen,
            ResticOutput output) {
        try {
            chosen.add(filter.find(all, word));
        } catch (RepriseException e) {
            ignoring(output, word, e.fact());
        }
    }

    private static void ignoring(ResticOutput output, String what, String reason) {
        output.warning("Ignoring \"%s\": %s".formatted(what, reason));
    }
}
