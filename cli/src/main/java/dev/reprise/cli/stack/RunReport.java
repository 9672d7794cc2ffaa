package dev.reprise.cli.stack;

import dev.reprise.base.RepriseException;
import dev.reprise.cli.Output;
import dev.reprise.cli.Progress;
import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.run.RunEvent;
import dev.reprise.operations.run.RunListener;
import dev.reprise.sources.SourceListener.SourceEvent;
import java.time.Duration;
import java.util.Locale;

/// Shows a run while it happens.
final class RunReport implements RunListener, AutoCloseable {
    private final Output output;
    private final Progress progress;
    private volatile String source = "";
    private volatile long totalFiles;
    private volatile long totalBytes;

    RunReport(Output output) {
        this.output = output;
        this.progress = output.progress("saving");
    }

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.SourceStarted(String name, String kind, int position, int of) -> {
                source = name;
                totalFiles = 0;
                totalBytes = 0;
                output.info("source %d of %d: %s (%s)".formatted(position, of, name, kind));
            }
            case RunEvent.FromBackup(String name, BackupEvent backup) -> backup(name, backup);
            case RunEvent.FromSource(String name, SourceEvent event1) -> source(name, event1);
            case RunEvent.SourceFinished(CapturedSource captured) -> finished(captured);
            case RunEvent.DestinationLost(String repository, RepriseException reason) ->
                output.warning(
                        "repository %s failed, the run goes on without it: %s".formatted(repository, reason.fact()),
                        reason.hint());
            case RunEvent.CatchingUp(String repository, String from, int points) ->
                output.info("repository %s missed %d points, copying them from %s".formatted(repository, points, from));
            case RunEvent.Warning(String fact) -> output.warning(fact, "");
            case RunEvent.Sealing() -> output.detail("writing index, snapshots and manifest");
            case RunEvent.Finished(RecoveryPoint _) -> progress.close();
        }
    }

    private void backup(String name, BackupEvent event) {
        switch (event) {
            case BackupEvent.Scanned(long files, long _, long bytes, boolean complete) -> {
                if (complete) {
                    totalFiles = files;
                    totalBytes = bytes;
                }
            }
            case BackupEvent.Progress(long files, long bytes) ->
                progress.update(new Progress.State(files, totalFiles, bytes, totalBytes, source));
            case BackupEvent.Started(String path) -> output.detail(name + ": " + path);
            case BackupEvent.Unreadable(String path, String reason, String _) ->
                output.warning("%s: cannot read %s: %s".formatted(name, path, reason), "");
            case BackupEvent.Warning(String fact) -> output.warning(name + ": " + fact, "");
            case BackupEvent.ItemDone _ -> {}
        }
    }

    private void source(String name, SourceEvent event) {
        switch (event) {
            case SourceEvent.StreamStarted(String path) -> output.detail(name + ": stream " + path);
            case SourceEvent.StreamProgress(String path, long bytes) ->
                progress.update(new Progress.State(0, 0, bytes, 0, name + " " + path));
            case SourceEvent.Warning(String fact) -> output.warning(name + ": " + fact, "");
            case SourceEvent.Step(String what) -> output.detail(name + ": " + what);
        }
    }

    private void finished(CapturedSource captured) {
        Duration took = Duration.between(captured.started(), captured.finished());
        switch (captured.outcome()) {
            case CAPTURED ->
                output.info("  %s: %s read, %s added, %s"
                        .formatted(
                                captured.name(),
                                Show.size(captured.bytes()),
                                Show.size(captured.addedBytes()),
                                Show.duration(took)));
            case INCOMPLETE ->
                output.warning(
                        "%s was saved without %d items that could not be read"
                                .formatted(captured.name(), captured.unreadable()),
                        "give this user the right to read them, or exclude them");
            case FAILED ->
                output.warning(
                        "optional source %s failed: %s"
                                .formatted(captured.name(), String.join("; ", captured.problems())),
                        "the point holds the other sources");
        }
        output.message(
                "source",
                fields -> fields.put("name", captured.name())
                        .put("kind", captured.kind())
                        .put("outcome", captured.outcome().name().toLowerCase(Locale.ROOT))
                        .put(
                                "snapshot_id",
                                captured.snapshot() == null
                                        ? null
                                        : captured.snapshot().hex())
                        .put("bytes", captured.bytes())
                        .put("added_bytes", captured.addedBytes())
                        .put("unreadable", captured.unreadable())
                        .put("seconds", took.toMillis() / 1000.0)
                        .putAll("problems", captured.problems()));
    }

    @Override
    public void close() {
        progress.close();
    }
}
