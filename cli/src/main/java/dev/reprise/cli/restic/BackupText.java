package dev.reprise.cli.restic;

import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.backup.SavedTree;
import dev.reprise.operations.backup.SnapshotBackup;
import java.time.Instant;
import java.util.Locale;

/// Lines for people, with the phrases scripts look for.
final class BackupText implements BackupPrinter {
    private static final String WIPE = "\r\u001b[2K";

    private final ResticOutput output;
    private final boolean drawsOver;
    private boolean drawn;

    /// @param drawsOver whether the status is one line of a terminal
    BackupText(ResticOutput output, boolean drawsOver) {
        this.output = output;
        this.drawsOver = drawsOver;
    }

    @Override
    public synchronized void status(Status status) {
        String line = line(status);
        if (drawsOver) {
            output.raw().print(WIPE + line);
            output.raw().flush();
            drawn = true;
        } else {
            output.info(line);
            status.current().forEach(output::info);
        }
    }

    private static String line(Status status) {
        String done = "%d files, %s".formatted(status.files(), GoText.bytes(status.bytes()));
        if (status.totalFiles() == 0) {
            return "[%s] %s, %d errors".formatted(clock(status.seconds()), done, status.errors());
        }
        boolean estimated = status.remaining() > 0 && status.bytes() < status.totalBytes();
        return "[%s] %s%d files %s, total %d files %s, %d errors%s"
                .formatted(
                        clock(status.seconds()),
                        estimated ? String.format(Locale.ROOT, "%.2f%%  ", 100 * status.fraction()) : "",
                        status.files(),
                        GoText.bytes(status.bytes()),
                        status.totalFiles(),
                        GoText.bytes(status.totalBytes()),
                        status.errors(),
                        estimated ? " ETA " + clock(status.remaining()) : "");
    }

    /// `m:ss` or `h:mm:ss`.
    static String clock(long seconds) {
        return seconds < 3600
                ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    @Override
    public void item(BackupEvent.ItemDone item) {
        if (output.verbosity() < 3) {
            return;
        }
        clear();
        String path = item.directory() ? item.path() + "/" : item.path();
        if (item.action().equals("unchanged")) {
            output.info("unchanged " + path);
            return;
        }
        String metadata = item.directory() ? ", " + GoText.bytes(item.metadataSize()) + " metadata" : "";
        output.info(String.format(
                Locale.ROOT,
                "%-9s %s, saved in %.3fs (%s added, %s stored%s)",
                item.action(),
                path,
                item.seconds(),
                GoText.bytes(item.dataSize()),
                GoText.bytes(item.dataStored()),
                metadata));
    }

    @Override
    public void error(String message, String during, String localPath) {
        clear();
        output.warning((during.equals("scan") ? "scan: " : "error: ") + message);
    }

    @Override
    public void scanned(double seconds, long files, long bytes) {
        clear();
        output.detail(String.format(
                Locale.ROOT, "scan finished in %.3fs: %d files, %s", seconds, files, GoText.bytes(bytes)));
    }

    @Override
    public void summary(SnapshotBackup.Outcome outcome, Instant start, double seconds, boolean dryRun) {
        clear();
        SavedTree.Counts counts = outcome.saved().counts();
        output.info("");
        output.info(counts("Files:", counts.filesNew(), counts.filesChanged(), counts.filesUnmodified()));
        output.info(counts("Dirs: ", counts.dirsNew(), counts.dirsChanged(), counts.dirsUnmodified()));
        output.detail("Data Blobs:  %5d new".formatted(outcome.added().dataBlobs()));
        output.detail("Tree Blobs:  %5d new".formatted(outcome.added().treeBlobs()));
        output.info("%s to the repository: %-5s (%-5s stored)"
                .formatted(
                        dryRun ? "Would add" : "Added",
                        GoText.bytes(outcome.added().plainBytes()),
                        GoText.bytes(outcome.added().storedBytes())));
        output.info("");
        output.info("processed %d files, %s in %s"
                .formatted(counts.totalFiles(), GoText.bytes(counts.totalBytes()), clock((long) seconds)));
        if (outcome.snapshot() == null) {
            output.info("skipped creating snapshot");
        } else if (!dryRun) {
            output.info("snapshot %s saved".formatted(outcome.snapshot().shortHex()));
        }
    }

    private static String counts(String what, long fresh, long changed, long unmodified) {
        return "%s       %5d new, %5d changed, %5d unmodified".formatted(what, fresh, changed, unmodified);
    }

    @Override
    public synchronized void clear() {
        if (drawn) {
            output.raw().print(WIPE);
            output.raw().flush();
            drawn = false;
        }
    }
}
