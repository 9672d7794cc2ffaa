package dev.reprise.repository.snapshot;

import dev.reprise.repository.model.RepositoryException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which snapshots are meant (repository format, section 8.2). An empty list does not restrict.
///
/// @param hosts the snapshot's host is one of these; an empty name lifts the restriction
/// @param tags  the snapshot has all tags of one of these lists; the empty tag stands for "has no tags"
/// @param paths the snapshot has all of these paths, compared as text; it may have more
public record SnapshotFilter(List<String> hosts, List<List<String>> tags, List<String> paths) {
    public static final SnapshotFilter ALL = new SnapshotFilter(List.of(), List.of(), List.of());
    public static final String LATEST = "latest";

    private static final Pattern PREFIX = Pattern.compile("[0-9a-f]{1,64}");

    public SnapshotFilter {
        hosts = hosts.contains("") ? List.of() : List.copyOf(hosts);
        tags = tags.stream().map(List::copyOf).toList();
        paths = List.copyOf(paths);
    }

    /// The form of one `--tag` option: `a,b` means both, and blanks around a tag do not count.
    public static List<String> tagList(String option) {
        return Arrays.stream(option.split(",", -1)).map(String::strip).toList();
    }

    public boolean matches(Snapshot snapshot) {
        return (hosts.isEmpty() || hosts.contains(snapshot.hostname()))
                && (tags.isEmpty() || tags.stream().anyMatch(list -> hasAll(snapshot, list)))
                && snapshot.paths().containsAll(paths);
    }

    private static boolean hasAll(Snapshot snapshot, List<String> tags) {
        return tags.stream()
                .allMatch(tag -> tag.isEmpty()
                        ? snapshot.tags().isEmpty()
                        : snapshot.tags().contains(tag));
    }

    public List<StoredSnapshot> select(List<StoredSnapshot> snapshots) {
        return snapshots.stream().filter(stored -> matches(stored.snapshot())).toList();
    }

    /// The newest match. With the host, the targets and the time of a new snapshot this is its parent.
    ///
    /// @param notAfter null for no limit; a snapshot of exactly this time is allowed
    /// @return null if nothing matches
    public @Nullable StoredSnapshot newest(List<StoredSnapshot> snapshots, @Nullable OffsetDateTime notAfter) {
        StoredSnapshot newest = null;
        for (StoredSnapshot stored : select(snapshots)) {
            OffsetDateTime time = stored.snapshot().time();
            boolean allowed = notAfter == null || !time.isAfter(notAfter);
            if (allowed && (newest == null || !time.isBefore(newest.snapshot().time()))) {
                newest = stored;
            }
        }
        return newest;
    }

    /// Finds the one snapshot a person means: `latest` of those that match, or the one whose id starts so, whether it
    /// matches or not.
    ///
    /// @throws RepositoryException if there is none, or more than one
    public StoredSnapshot find(List<StoredSnapshot> snapshots, String text) {
        if (text.equals(LATEST)) {
            StoredSnapshot newest = newest(snapshots, null);
            if (newest == null) {
                throw none("no snapshot matches " + describe());
            }
            return newest;
        }
        if (!PREFIX.matcher(text).matches()) {
            throw none("\"" + text + "\" is neither \"latest\" nor the start of a snapshot id");
        }
        List<StoredSnapshot> found = snapshots.stream()
                .filter(stored -> stored.id().hex().startsWith(text))
                .toList();
        if (found.size() != 1) {
            throw none(
                    found.isEmpty()
                            ? "no snapshot id starts with \"" + text + "\""
                            : found.size() + " snapshot ids start with \"" + text + "\"");
        }
        return found.getFirst();
    }

    private static RepositoryException none(String fact) {
        return RepositoryException.refused(fact, "run \"reprise restic snapshots\" to see them");
    }

    private String describe() {
        return "hosts %s, tags %s, paths %s".formatted(hosts, tags, paths);
    }
}
