package dev.reprise.cli.restic;

import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.backup.SavedTree;
import dev.reprise.operations.backup.SnapshotBackup;
import dev.reprise.repository.model.GoJsonWriter;
import dev.reprise.repository.model.GoTime;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/// One JSON document a line (repository format, section 11.2).
///
/// @param zone of the times
record BackupJson(ResticOutput output, ZoneId zone) implements BackupPrinter {
    @Override
    public void status(Status status) {
        GoJsonWriter json = new GoJsonWriter().raw("{\"message_type\":\"status\"");
        unlessZero(json, "seconds_elapsed", status.seconds());
        unlessZero(json, "seconds_remaining", status.remaining());
        json.raw(",\"percent_done\":").raw(GoText.number(status.fraction()));
        unlessZero(json, "total_files", status.totalFiles());
        unlessZero(json, "files_done", status.files());
        unlessZero(json, "total_bytes", status.totalBytes());
        unlessZero(json, "bytes_done", status.bytes());
        unlessZero(json, "error_count", status.errors());
        currentFiles(json, status.current());
        output.json(json.raw('}'));
    }

    private static void currentFiles(GoJsonWriter json, List<String> paths) {
        if (paths.isEmpty()) {
            return;
        }
        json.raw(",\"current_files\":");
        char separator = '[';
        for (String path : paths) {
            json.raw(separator).string(path);
            separator = ',';
        }
        json.raw(']');
    }

    private static void unlessZero(GoJsonWriter json, String member, long value) {
        if (value != 0) {
            member(json, member, value);
        }
    }

    private static GoJsonWriter member(GoJsonWriter json, String member, long value) {
        return json.raw(",\"").raw(member).raw("\":").number(value);
    }

    /// What did not change has neither duration nor sizes.
    @Override
    public void item(BackupEvent.ItemDone item) {
        boolean unchanged = item.action().equals("unchanged");
        verbose(
                item.action(),
                item.directory() ? item.path() + "/" : item.path(),
                unchanged ? 0 : item.seconds(),
                item.dataSize(),
                item.dataStored(),
                item.metadataSize(),
                item.metadataStored(),
                0);
    }

    @Override
    public void scanned(double seconds, long files, long bytes) {
        if (output.verbosity() >= 2) {
            verbose("scan_finished", "", seconds, bytes, 0, 0, 0, files);
        }
    }

    private void verbose(
            String action,
            String item,
            double seconds,
            long dataSize,
            long dataStored,
            long metadataSize,
            long metadataStored,
            long totalFiles) {
        GoJsonWriter json = new GoJsonWriter()
                .raw("{\"message_type\":\"verbose_status\",\"action\":")
                .string(action)
                .raw(",\"item\":")
                .string(item)
                .raw(",\"duration\":")
                .raw(GoText.number(seconds));
        member(json, "data_size", dataSize);
        member(json, "data_size_in_repo", dataStored);
        member(json, "metadata_size", metadataSize);
        member(json, "metadata_size_in_repo", metadataStored);
        member(json, "total_files", totalFiles);
        output.json(json.raw('}'));
    }

    @Override
    public void error(String message, String during, String localPath) {
        output.jsonError(new GoJsonWriter()
                .raw("{\"message_type\":\"error\",\"error\":{\"message\":")
                .string(message)
                .raw("},\"during\":")
                .string(during)
                .raw(",\"item\":")
                .string(localPath)
                .raw('}'));
    }

    @Override
    public void summary(SnapshotBackup.Outcome outcome, Instant start, double seconds, boolean dryRun) {
        SavedTree.Counts counts = outcome.saved().counts();
        GoJsonWriter json = new GoJsonWriter().raw("{\"message_type\":\"summary\"");
        member(json, "files_new", counts.filesNew());
        member(json, "files_changed", counts.filesChanged());
        member(json, "files_unmodified", counts.filesUnmodified());
        member(json, "dirs_new", counts.dirsNew());
        member(json, "dirs_changed", counts.dirsChanged());
        member(json, "dirs_unmodified", counts.dirsUnmodified());
        member(json, "data_blobs", outcome.added().dataBlobs());
        member(json, "tree_blobs", outcome.added().treeBlobs());
        member(json, "data_added", outcome.added().plainBytes());
        member(json, "data_added_packed", outcome.added().storedBytes());
        member(json, "total_files_processed", counts.totalFiles());
        member(json, "total_bytes_processed", counts.totalBytes());
        json.raw(",\"total_duration\":").raw(GoText.number(seconds));
        json.raw(",\"backup_start\":").time(GoTime.at(start, zone));
        json.raw(",\"backup_end\":").time(GoTime.at(outcome.end(), zone));
        if (outcome.snapshot() != null) {
            json.raw(",\"snapshot_id\":").id(outcome.snapshot());
        }
        output.json(json.raw(dryRun ? ",\"dry_run\":true}" : "}"));
    }

    @Override
    public void clear() {}
}
