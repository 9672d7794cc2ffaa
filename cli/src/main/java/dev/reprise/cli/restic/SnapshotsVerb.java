package dev.reprise.cli.restic;

import dev.reprise.cli.CommandContext;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotGroup;
import dev.reprise.repository.snapshot.SnapshotGroup.Criterion;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "snapshots", description = "List all snapshots.")
final class SnapshotsVerb implements Callable<Integer> {
    @Mixin
    private final ResticOptions global;

    @Mixin
    private final SnapshotChoice choice;

    @Option(
            names = {"-c", "--compact"},
            description = "Print a narrower table.")
    private boolean compact;

    @Option(names = "--last", hidden = true, description = "The same as --latest 1.")
    private boolean last;

    @Option(
            names = "--latest",
            paramLabel = "n",
            description = "Only the last n snapshots of each host and paths, or of each group.")
    private int latest;

    @Option(
            names = {"-g", "--group-by"},
            paramLabel = "group",
            description = "Group by host, paths and tags, separated by commas.")
    private String groupBy = "";

    @Parameters(paramLabel = "snapshotID", description = "Only these.")
    private List<String> ids = new ArrayList<>();

    SnapshotsVerb(CommandContext context) {
        this.global = new ResticOptions(context);
        this.choice = new SnapshotChoice(context);
    }

    @Override
    public Integer call() {
        Set<Criterion> criteria = GroupBy.parse(groupBy);
        if (last) {
            global.output().warning("Flag --last has been deprecated, use --latest 1");
        }
        List<StoredSnapshot> chosen;
        try (ResticRepository opened = global.openToReadSnapshots()) {
            chosen = SnapshotArgument.findAll(opened.snapshots(global.output()), choice.filter(), ids, global.output());
        }
        var groups = new LinkedHashMap<SnapshotGroup, List<StoredSnapshot>>();
        SnapshotGroup.group(byTime(chosen), criteria)
                .forEach((group, snapshots) -> groups.put(group, newest(snapshots, criteria)));
        if (global.json()) {
            global.output().json(criteria.isEmpty() ? ungrouped(groups) : grouped(groups, criteria));
        } else {
            groups.forEach(this::print);
        }
        return 0;
    }

    private static List<StoredSnapshot> byTime(List<StoredSnapshot> snapshots) {
        return snapshots.stream()
                .sorted((a, b) -> a.snapshot()
                        .time()
                        .toInstant()
                        .compareTo(b.snapshot().time().toInstant()))
                .toList();
    }

    /// Without groups, each host with its paths has its own last ones.
    private List<StoredSnapshot> newest(List<StoredSnapshot> snapshots, Set<Criterion> criteria) {
        int most = last && latest == 0 ? 1 : latest;
        if (most <= 0) {
            return snapshots;
        }
        Set<Criterion> apart = criteria.isEmpty() ? SnapshotGroup.DEFAULT : Set.of();
        Map<SnapshotGroup, Integer> seen = new LinkedHashMap<>();
        var kept = new ArrayList<StoredSnapshot>();
        for (StoredSnapshot stored : snapshots.reversed()) {
            if (seen.merge(SnapshotGroup.of(stored.snapshot(), apart), 1, Integer::sum) <= most) {
                kept.add(stored);
            }
        }
        return kept.reversed();
    }

    private static GoJsonWriter ungrouped(SequencedMap<SnapshotGroup, List<StoredSnapshot>> groups) {
        var all = new ArrayList<StoredSnapshot>();
        groups.values().forEach(all::addAll);
        var json = new GoJsonWriter(4096);
        return all.isEmpty() ? json.raw("[]") : SnapshotJson.appendAll(json, all);
    }

    private static GoJsonWriter grouped(
            SequencedMap<SnapshotGroup, List<StoredSnapshot>> groups, Set<Criterion> criteria) {
        var json = new GoJsonWriter(4096).raw('[');
        boolean first = true;
        for (Map.Entry<SnapshotGroup, List<StoredSnapshot>> group : groups.entrySet()) {
            json.raw(first ? "{\"group_key\":" : ",{\"group_key\":")
                    .raw(group.getKey().key())
                    .raw(",\"snapshots\":");
            SnapshotJson.appendAll(json, shown(group.getValue(), criteria)).raw('}');
            first = false;
        }
        return json.raw(']');
    }

    /// restic sorts the tags it groups by.
    private static List<StoredSnapshot> shown(List<StoredSnapshot> snapshots, Set<Criterion> criteria) {
        if (!criteria.contains(Criterion.TAGS)) {
            return snapshots;
        }
        return snapshots.stream()
                .map(stored -> new StoredSnapshot(stored.id(), withSortedTags(stored.snapshot())))
                .toList();
    }

    private static Snapshot withSortedTags(Snapshot snapshot) {
        return new Snapshot(
                snapshot.time(),
                snapshot.parent(),
                snapshot.tree(),
                snapshot.paths(),
                snapshot.hostname(),
                snapshot.username(),
                snapshot.uid(),
                snapshot.gid(),
                snapshot.excludes(),
                snapshot.tags().stream().sorted().toList(),
                snapshot.original(),
                snapshot.programVersion(),
                snapshot.summary(),
                snapshot.unknown());
    }

    private void print(SnapshotGroup group, List<StoredSnapshot> snapshots) {
        ResticOutput output = global.output();
        String header = SnapshotTable.groupHeader(group);
        if (!header.isEmpty()) {
            output.result(header);
        }
        new SnapshotTable(global.context(), compact, Map.of()).lines(snapshots).forEach(output::result);
    }
}
