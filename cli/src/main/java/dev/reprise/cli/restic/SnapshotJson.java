package dev.reprise.cli.restic;

import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.Snapshot.Summary;
import dev.reprise.repository.snapshot.SnapshotCodec;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Snapshots as restic prints them: the stored members, then `id` and `short_id` (repository format, section 11.2).
final class SnapshotJson {
    private SnapshotJson() {}

    /// One object.
    ///
    /// @param extra members behind `short_id`, each with its comma in front; usually empty
    static GoJsonWriter append(GoJsonWriter json, StoredSnapshot stored, String extra) {
        Snapshot snapshot = stored.snapshot();
        List<String> sorted = snapshot.paths().stream().sorted().toList();
        return appendAsIs(json, new StoredSnapshot(stored.id(), known(snapshot, sorted)), extra);
    }

    /// One object with the paths in stored order.
    static GoJsonWriter appendAsIs(GoJsonWriter json, StoredSnapshot stored, String extra) {
        byte[] members = encode(stored.snapshot());
        String body = new String(members, 0, members.length - 1, StandardCharsets.UTF_8);
        return json.raw(body)
                .raw(",\"id\":")
                .id(stored.id())
                .raw(",\"short_id\":")
                .string(stored.id().shortHex())
                .raw(extra)
                .raw('}');
    }

    /// An array; null for none, as Go prints an empty list that was never made.
    static GoJsonWriter appendAll(GoJsonWriter json, List<StoredSnapshot> snapshots) {
        if (snapshots.isEmpty()) {
            return json.raw("null");
        }
        char separator = '[';
        for (StoredSnapshot stored : snapshots) {
            append(json.raw(separator), stored, "");
            separator = ',';
        }
        return json.raw(']');
    }

    /// The stored members, without those restic does not know.
    static byte[] encode(Snapshot snapshot) {
        return SnapshotCodec.encode(known(snapshot, snapshot.paths()));
    }

    private static Snapshot known(Snapshot snapshot, List<String> paths) {
        return new Snapshot(
                snapshot.time(),
                snapshot.parent(),
                snapshot.tree(),
                paths,
                snapshot.hostname(),
                snapshot.username(),
                snapshot.uid(),
                snapshot.gid(),
                snapshot.excludes(),
                snapshot.tags(),
                snapshot.original(),
                snapshot.programVersion(),
                known(snapshot.summary()),
                Map.of());
    }

    private static @Nullable Summary known(@Nullable Summary summary) {
        return summary == null || summary.unknown().isEmpty()
                ? summary
                : new Summary(
                        summary.backupStart(),
                        summary.backupEnd(),
                        summary.filesNew(),
                        summary.filesChanged(),
                        summary.filesUnmodified(),
                        summary.dirsNew(),
                        summary.dirsChanged(),
                        summary.dirsUnmodified(),
                        summary.dataBlobs(),
                        summary.treeBlobs(),
                        summary.dataAdded(),
                        summary.dataAddedPacked(),
                        summary.totalFilesProcessed(),
                        summary.totalBytesProcessed());
    }
}
