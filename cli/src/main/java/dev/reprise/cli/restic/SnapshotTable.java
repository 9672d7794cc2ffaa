package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.cli.CommandContext;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotGroup;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Snapshots as restic lists them for people, oldest first.
///
/// @param compact without paths, tags below each other
/// @param reasons why a snapshot is kept, by id; empty for no such column
record SnapshotTable(CommandContext context, boolean compact, Map<ObjectId, List<String>> reasons) {
    List<String> lines(List<StoredSnapshot> snapshots) {
        List<StoredSnapshot> sorted = snapshots.stream()
                .sorted(Comparator.comparing(stored -> stored.snapshot().time().toInstant()))
                .toList();
        boolean sized = sorted.stream().anyMatch(stored -> stored.snapshot().summary() != null);
        var table = new TextTable(header(sized));
        sorted.forEach(stored -> table.add(row(stored, sized)));
        boolean spaced = !compact
                && sorted.stream().anyMatch(stored -> stored.snapshot().paths().size() > 1);
        List<String> lines = table.lines(spaced);
        lines.add("Timestamps shown in " + zoneName());
        lines.add(sorted.size() + " snapshots");
        return lines;
    }

    private List<String> header(boolean sized) {
        var header = new ArrayList<>(
                compact ? List.of("ID", "Time", "Host", "Tags  ") : List.of("ID", "Time", "Host      ", "Tags      "));
        if (!compact) {
            if (!reasons.isEmpty()) {
                header.add("Reasons");
            }
            header.add("Paths");
        }
        if (sized) {
            header.add("Size");
        }
        return header;
    }

    private List<String> row(StoredSnapshot stored, boolean sized) {
        Snapshot snapshot = stored.snapshot();
        var row = new ArrayList<String>();
        row.add(stored.id().shortHex());
        row.add(GoText.localTime(snapshot.time().toEpochSecond(), context.zone()));
        row.add(snapshot.hostname());
        row.add(String.join(compact ? "\n" : ",", snapshot.tags()));
        if (!compact) {
            if (!reasons.isEmpty()) {
                row.add(String.join("\n", reasons.getOrDefault(stored.id(), List.of())));
            }
            row.add(String.join("\n", snapshot.paths().stream().sorted().toList()));
        }
        if (sized) {
            var summary = snapshot.summary();
            row.add(summary == null ? "" : GoText.bytes(summary.totalBytesProcessed()));
        }
        return row;
    }

    /// As Go names the local zone: by the variable if it is set, else not at all.
    private String zoneName() {
        String variable = context.environment().get("TZ");
        if (variable == null) {
            return Files.exists(Path.of("/etc/localtime")) ? "local time" : "UTC";
        }
        return variable.isEmpty() ? "UTC" : variable;
    }

    /// `snapshots for (host [db1], paths [/srv]):`; empty when nothing tells the groups apart.
    static String groupHeader(SnapshotGroup group) {
        var parts = new ArrayList<String>();
        if (!group.hostname().isEmpty()) {
            parts.add("host [" + group.hostname() + "]");
        }
        List<String> tags = group.tags();
        if (tags != null && !tags.isEmpty()) {
            parts.add("tags [" + String.join(", ", tags) + "]");
        }
        List<String> paths = group.paths();
        if (paths != null && !paths.isEmpty()) {
            parts.add("paths [" + String.join(", ", paths) + "]");
        }
        return parts.isEmpty() ? "" : "snapshots for (" + String.join(", ", parts) + "):";
    }
}
