package dev.reprise.operations.backup;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.OperationException;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;
import java.io.PushbackInputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes one snapshot, from opening the writer to the snapshot file, which is written last. One instance, one run.
///
/// @param index    of the repository; learns what is stored
/// @param lock     held, or announced, for the whole run; nothing is stored before it is held
/// @param maker    makes the snapshot
/// @param checkpointEvery how often what is finished so far is written down, for the case that the run is killed
public record SnapshotBackup(
        Repository repository,
        BlobIndex index,
        RepositoryLock lock,
        WriterOptions options,
        BackupSnapshots maker,
        FileTree files,
        InstantSource clock,
        BackupListener listener,
        Duration checkpointEvery) {
    /// @param snapshot its id; null if none was made because nothing had changed
    /// @param added    what the run stored
    /// @param end      by the real clock
    public record Outcome(@Nullable ObjectId snapshot, SavedTree saved, BlobWriter.Stats added, Instant end) {}

    /// @param parent to compare with; null reads everything
    /// @param begun  by backups of the same files that were broken off, oldest first: the newest is
    ///               continued, and all are removed when the snapshot is written
    /// @throws OperationException if there is nothing to save, or a stream breaks off; then no snapshot was made
    /// @throws dev.reprise.base.CancelledException if the calling thread was interrupted
    public Outcome run(BackupRequest request, @Nullable StoredSnapshot parent, List<StoredSnapshot> begun) {
        var progress = new PartialProgress(repository, lock, this::warn);
        try (BlobWriter writer = repository.writer(index, lock, options)) {
            SavedTree saved = switch (request.source()) {
                case BackupRequest.Files(FilesRequest tree) ->
                    saveFiles(request, writer, tree, parent, begun, progress);
                case BackupRequest.Stream stream -> saveStream(writer, stream, request.time(), parent);
            };
            writer.finish();
            Instant end = clock.instant();
            if (request.skipIfUnchanged()
                    && parent != null
                    && parent.snapshot().tree().equals(saved.tree())) {
                progress.remove(begun);
                return new Outcome(null, saved, writer.stats(), end);
            }
            Snapshot snapshot = snapshot(request, parent, saved, writer.stats(), end);
            lock.ensureHeld();
            ObjectId id = repository.save(snapshot);
            progress.remove(begun);
            return new Outcome(id, saved, writer.stats(), end);
        }
    }

    private Snapshot snapshot(
            BackupRequest request,
            @Nullable StoredSnapshot parent,
            SavedTree saved,
            BlobWriter.Stats added,
            Instant end) {
        return maker.snapshot(
                request.time(),
                parent == null ? null : parent.id(),
                saved,
                request.excludes(),
                request.tags(),
                added,
                request.start(),
                end);
    }

    private void warn(String fact) {
        listener.on(new BackupEvent.Warning(fact));
    }

    private SavedTree saveFiles(
            BackupRequest request,
            BlobWriter writer,
            FilesRequest tree,
            @Nullable StoredSnapshot parent,
            List<StoredSnapshot> begun,
            PartialProgress progress) {
        var backup = new FilesBackup(repository, index, writer, files, maker.zone(), listener);
        if (!begun.isEmpty()) {
            backup.continueFrom(begun.getLast().snapshot().tree());
        }
        backup.meanwhile(lock::ensureHeld); // or a run that stores nothing would learn of a refusal at its end
        List<String> paths = tree.absoluteTargets();
        backup.write(new Checkpoints(checkpointEvery, (root, counts) -> {
            var soFar = new SavedTree(root, paths, counts, 0);
            progress.save(() -> snapshot(request, parent, soFar, writer.stats(), clock.instant()));
        }));
        return backup.run(
                tree.withParent(parent == null ? null : parent.snapshot().tree()));
    }

    private SavedTree saveStream(
            BlobWriter writer, BackupRequest.Stream stream, Instant time, @Nullable StoredSnapshot parent) {
        var backup = new StreamBackup(
                repository, writer, time.atZone(maker.zone()), maker.uid(), maker.gid(), stream.workers(), listener);
        boolean empty;
        lock.ensureHeld(); // a stream can be read once, and a command that makes one may have begun something
        if (parent != null) {
            backup.compareWith(repository, index, parent.snapshot().tree());
        }
        try (var content = new PushbackInputStream(stream.opening().open())) {
            empty = !startsWithData(content);
            if (!empty) {
                backup.store(stream.path(), content);
            }
        } catch (IOException e) {
            throw brokenOff(stream, e);
        }
        if (!empty) {
            return backup.finish();
        }
        listener.on(new BackupEvent.Unreadable("/" + stream.path(), "no data was read from the stream", "archival"));
        SavedTree nothing = backup.finish();
        return new SavedTree(nothing.tree(), List.of("/" + stream.path()), nothing.counts(), 1);
    }

    private static boolean startsWithData(PushbackInputStream content) throws IOException {
        int first = content.read();
        if (first >= 0) {
            content.unread(first);
        }
        return first >= 0;
    }

    private RepriseException brokenOff(BackupRequest.Stream stream, IOException e) {
        if (Thread.currentThread().isInterrupted()) {
            return CancelledException.interrupted("reading the stream");
        }
        String path = "/" + stream.path();
        listener.on(new BackupEvent.Unreadable(path, Reason.of(e), "archival"));
        return new OperationException(
                ExitStatus.FAILED,
                "unable to save snapshot: failed to save %s: %s".formatted(path, Reason.of(e)),
                "",
                e);
    }
}
