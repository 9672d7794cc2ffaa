package dev.reprise.cli.restic;

import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.backup.SnapshotBackup;
import java.time.Instant;
import java.util.List;

/// What a backup says, as text or as JSON lines. Safe for many threads.
sealed interface BackupPrinter permits BackupJson, BackupText {
    /// How far a backup is. A total of 0 is unknown.
    ///
    /// @param seconds   since the beginning
    /// @param remaining seconds; 0 when unknown
    /// @param current   paths being read, sorted
    record Status(
            long seconds,
            long remaining,
            long totalFiles,
            long files,
            long totalBytes,
            long bytes,
            long errors,
            List<String> current) {
        /// 0 to 1 by bytes; 0 when no total is known.
        double fraction() {
            return totalBytes > 0 ? Math.min(1, (double) bytes / totalBytes) : 0;
        }
    }

    void status(Status status);

    void item(BackupEvent.ItemDone item);

    /// @param during `archival` or `scan`
    void error(String message, String during, String localPath);

    void scanned(double seconds, long files, long bytes);

    /// The end.
    ///
    /// @param start  by the real clock
    /// @param seconds the whole took
    void summary(SnapshotBackup.Outcome outcome, Instant start, double seconds, boolean dryRun);

    /// Takes a status that is drawn over away before something else is printed.
    void clear();
}
