package dev.reprise.repository.snapshot;

import dev.reprise.repository.model.GoJsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the snapshots of one group have in common (repository format, section 8.2). Equal groups have equal keys.
///
/// @param hostname empty when hosts are not told apart
/// @param paths    sorted; null when paths are not told apart
/// @param tags     sorted; null when tags are not told apart
public record SnapshotGroup(
        String hostname,
        @Nullable List<String> paths,
        @Nullable List<String> tags) {
    public enum Criterion {
        HOST,
        PATHS,
        TAGS
    }

    /// restic's default for forget and backup.
    public static final Set<Criterion> DEFAULT = Set.of(Criterion.HOST, Criterion.PATHS);

    /// @param criteria empty puts everything into one group
    public static SnapshotGroup of(Snapshot snapshot, Set<Criterion> criteria) {
        return new SnapshotGroup(
                criteria.contains(Criterion.HOST) ? snapshot.hostname() : "",
                criteria.contains(Criterion.PATHS) ? sorted(snapshot.paths()) : null,
                criteria.contains(Criterion.TAGS) ? sorted(snapshot.tags()) : null);
    }

    /// Groups in the order of their first snapshots; snapshots keep theirs.
    public static SequencedMap<SnapshotGroup, List<StoredSnapshot>> group(
            List<StoredSnapshot> snapshots, Set<Criterion> criteria) {
        SequencedMap<SnapshotGroup, List<StoredSnapshot>> groups = new LinkedHashMap<>();
        for (StoredSnapshot stored : snapshots) {
            groups.computeIfAbsent(of(stored.snapshot(), criteria), group -> new ArrayList<>())
                    .add(stored);
        }
        return groups;
    }

    /// restic's group key: `{"hostname":"db1","paths":["/srv"],"tags":null}`.
    public String key() {
        GoJsonWriter json = new GoJsonWriter().raw("{\"hostname\":").string(hostname);
        list(json.raw(",\"paths\":"), paths);
        list(json.raw(",\"tags\":"), tags);
        return new String(json.raw('}').toByteArray(), StandardCharsets.UTF_8);
    }

    private static void list(GoJsonWriter json, @Nullable List<String> texts) {
        if (texts == null || texts.isEmpty()) {
            json.raw("null");
            return;
        }
        char separator = '[';
        for (String text : texts) {
            json.raw(separator).string(text);
            separator = ',';
        }
        json.raw(']');
    }

    private static List<String> sorted(List<String> texts) {
        return texts.stream().sorted().toList();
    }
}
