package dev.reprise.cli.restic;

import dev.reprise.repository.snapshot.SnapshotFilter;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// How a command line names one snapshot: an id, the start of one or `latest`, and perhaps a folder in it
/// (repository format, section 8.2).
///
/// @param id     as typed
/// @param folder what follows the colon; empty for the whole snapshot
record SnapshotArgument(String id, String folder) {
    /// `latest:/srv/www`.
    static SnapshotArgument parse(String text) {
        int colon = text.indexOf(':');
        return colon < 0
                ? new SnapshotArgument(text, "")
                : new SnapshotArgument(text.substring(0, colon), text.substring(colon + 1));
    }

    boolean isLatest() {
        return id.equals(SnapshotFilter.LATEST);
    }

    /// The snapshot named, or the newest one that matches the filter for `latest`.
    ///
    /// @throws FatalException if there is none, or if several ids start so
    StoredSnapshot find(List<StoredSnapshot> snapshots, SnapshotFilter filter) {
        if (!isLatest()) {
            return byPrefix(snapshots);
        }
        StoredSnapshot newest = filter.newest(snapshots, null);
        if (newest == null) {
            throw new FatalException("snapshot filter (Paths:%s Tags:%s Hosts:%s): no snapshot found"
                    .formatted(filter.paths(), filter.tags(), filter.hosts()));
        }
        return newest;
    }

    /// Without `latest`.
    StoredSnapshot byPrefix(List<StoredSnapshot> snapshots) {
        List<StoredSnapshot> found = snapshots.stream()
                .filter(stored -> stored.id().hex().startsWith(id))
                .toList();
        if (found.size() != 1) {
            throw new FatalException(
                    found.isEmpty() || id.isEmpty()
                            ? "no matching ID found for prefix \"" + id + "\""
                            : "multiple IDs with prefix \"" + id + "\" found");
        }
        return found.getFirst();
    }

    /// Every snapshot named, or those that match the filter when none is. What names none is warned of and left out.
    static List<StoredSnapshot> findAll(
            List<StoredSnapshot> snapshots, SnapshotFilter filter, List<String> arguments, ResticOutput output) {
        if (arguments.isEmpty()) {
            return filter.select(snapshots);
        }
        var found = new LinkedHashMap<String, StoredSnapshot>();
        for (String text : arguments) {
            try {
                StoredSnapshot stored = whole(text).find(snapshots, filter);
                found.putIfAbsent(stored.id().hex(), stored);
            } catch (FatalException e) {
                output.warning("Ignoring \"%s\": %s".formatted(text, e.fact()));
            }
        }
        boolean filtered = !filter.hosts().isEmpty()
                || !filter.tags().isEmpty()
                || !filter.paths().isEmpty();
        if (filtered && !arguments.contains(SnapshotFilter.LATEST)) {
            output.warning("Ignoring \"filters\": explicit snapshot ids are given");
        }
        return new ArrayList<>(found.values());
    }

    private static SnapshotArgument whole(String text) {
        SnapshotArgument argument = parse(text);
        if (!argument.folder().isEmpty()) {
            throw new FatalException("<snapshot>:<subfolder> syntax not allowed");
        }
        return argument;
    }
}
