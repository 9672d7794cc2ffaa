package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.retention.ForgetPlan;
import dev.reprise.operations.retention.ForgetPlan.GroupDecision;
import dev.reprise.operations.retention.Retention.Kept;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Prints which snapshots are kept, why, and which are removed (repository format, section 11.2).
final class ForgetReport {
    private final ResticOptions global;
    private final boolean compact;

    ForgetReport(ResticOptions global, boolean compact) {
        this.global = global;
        this.compact = compact;
    }

    void print(ForgetPlan plan) {
        ResticOutput output = global.output();
        for (GroupDecision group : plan.groups()) {
            String header = SnapshotTable.groupHeader(group.group());
            if (!header.isEmpty()) {
                output.detail(header);
            }
            Map<ObjectId, List<String>> reasons = new HashMap<>();
            group.decision().keep().forEach(kept -> reasons.put(kept.snapshot().id(), kept.reasons()));
            boolean sortedTags = group.group().tags() != null;
            Stream<StoredSnapshot> keep = group.decision().keep().stream().map(Kept::snapshot);
            print("keep", keep.map(stored -> shown(stored, sortedTags)).toList(), reasons);
            Stream<StoredSnapshot> remove = group.decision().remove().stream();
            print("remove", remove.map(stored -> shown(stored, sortedTags)).toList(), Map.of());
        }
    }

    private void print(String what, List<StoredSnapshot> snapshots, Map<ObjectId, List<String>> reasons) {
        if (!snapshots.isEmpty()) {
            ResticOutput output = global.output();
            output.info("%s %d snapshots:".formatted(what, snapshots.size()));
            new SnapshotTable(global.context(), compact, reasons)
                    .lines(snapshots)
                    .forEach(output::info);
            output.info("");
        }
    }

    /// The array of groups, newest snapshots first.
    static GoJsonWriter json(ForgetPlan plan) {
        var json = new GoJsonWriter(4096);
        char separator = '[';
        for (GroupDecision group : plan.groups()) {
            group(json.raw(separator), group);
            separator = ',';
        }
        return json.raw(']');
    }

    private static void group(GoJsonWriter json, GroupDecision group) {
        strings(json.raw("{\"tags\":"), group.group().tags());
        json.raw(",\"host\":").string(group.group().hostname());
        strings(json.raw(",\"paths\":"), group.group().paths());
        boolean sortedTags = group.group().tags() != null;
        List<Kept> keep = group.decision().keep().stream()
                .map(kept -> new Kept(shown(kept.snapshot(), sortedTags), kept.reasons()))
                .toList();
        SnapshotJson.appendAll(
                json.raw(",\"keep\":"), keep.stream().map(Kept::snapshot).toList());
        SnapshotJson.appendAll(
                json.raw(",\"remove\":"),
                group.decision().remove().stream()
                        .map(stored -> shown(stored, sortedTags))
                        .toList());
        json.raw(",\"reasons\":");
        if (keep.isEmpty()) {
            json.raw("null}");
            return;
        }
        char separator = '[';
        for (Kept kept : keep) {
            SnapshotJson.append(json.raw(separator).raw("{\"snapshot\":"), kept.snapshot(), "");
            strings(json.raw(",\"matches\":"), kept.reasons());
            json.raw('}');
            separator = ',';
        }
        json.raw("]}");
    }

    /// Grouping by tags sorts those of each snapshot.
    private static StoredSnapshot shown(StoredSnapshot stored, boolean sortedTags) {
        if (!sortedTags) {
            return stored;
        }
        Snapshot from = stored.snapshot();
        return new StoredSnapshot(
                stored.id(),
                new Snapshot(
                        from.time(),
                        from.parent(),
                        from.tree(),
                        from.paths(),
                        from.hostname(),
                        from.username(),
                        from.uid(),
                        from.gid(),
                        from.excludes(),
                        from.tags().stream().sorted().toList(),
                        from.original(),
                        from.programVersion(),
                        from.summary(),
                        from.unknown()));
    }

    private static void strings(GoJsonWriter json, @Nullable List<String> texts) {
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
}
