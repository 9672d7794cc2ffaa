package dev.reprise.operations.run;

import dev.reprise.operations.backup.BackupEvent;
import dev.reprise.operations.backup.BackupListener;
import dev.reprise.operations.backup.BackupSnapshots;
import dev.reprise.operations.backup.Checkpoints;
import dev.reprise.operations.backup.FilesBackup;
import dev.reprise.operations.backup.PartialProgress;
import dev.reprise.operations.backup.PartialSnapshots;
import dev.reprise.operations.backup.SavedTree;
import dev.reprise.operations.backup.StreamBackup;
import dev.reprise.operations.bucket.BucketBackup;
import dev.reprise.operations.point.RecoveryPoint.CapturedStream;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.sources.Facts;
import dev.reprise.sources.SourceListener.SourceEvent;
import dev.reprise.sources.files.FileTree;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Captures one source at a time into the open writer of a run.
final class SourceCapture {
    private final Repository repository;
    private final RepositoryLock lock;
    private final BlobIndex index;
    private final BlobWriter writer;
    private final List<StoredSnapshot> snapshots;
    private final FileTree files;
    private final RunRequest request;
    private final RunId run;
    private final InstantSource clock;
    private final ZoneId zone;
    private final RunListener listener;
    private final List<Runnable> endings = new ArrayList<>();
    private final boolean shared;

    SourceCapture(
            Writing writing,
            FileTree files,
            RunRequest request,
            RunId run,
            InstantSource clock,
            ZoneId zone,
            RunListener listener) {
        OpenDestination first = writing.first();
        this.repository = first.repository();
        this.lock = first.lock();
        this.index = writing.index();
        this.writer = writing.writer();
        this.snapshots = first.snapshots();
        this.shared = writing.isShared();
        this.files = files;
        this.request = request;
        this.run = run;
        this.clock = clock;
        this.zone = zone;
        this.listener = listener;
    }

    Capture capture(RunSource source) {
        return switch (source) {
            case RunSource.Files tree -> captureFiles(tree);
            case RunSource.Bucket bucket -> captureBucket(bucket);
            case RunSource.Streams streams -> captureStreams(streams);
        };
    }

    private Capture captureFiles(RunSource.Files source) {
        Instant started = clock.instant();
        BlobWriter.Stats before = writer.stats();
        StoredSnapshot parent = parent(source.request().absoluteTargets());
        var problems = new Problems();
        BackupListener report = reporting(source, problems);
        var backup = new FilesBackup(repository, index, writer, files, zone, report);
        if (shared) {
            backup.letParentVanish();
        }
        List<String> paths = source.request().absoluteTargets();
        List<StoredSnapshot> begun = new PartialSnapshots(repository).of(request.host(), paths, index);
        if (!begun.isEmpty()) {
            backup.continueFrom(begun.getLast().snapshot().tree());
        }
        PartialProgress progress = progress(source.name());
        backup.write(checkpoints(progress, source.name(), paths, parent, source.excludeTexts(), started, before));
        Runnable ending = () -> progress.remove(begun);
        SavedTree saved = backup.run(source.request()
                .withParent(parent == null ? null : parent.snapshot().tree()));
        endings.add(ending); // what a source that failed had finished is still of use
        Instant finished = clock.instant();
        BlobWriter.Stats added = added(before, writer.stats());
        return new Capture(
                source,
                saved.unreadable() == 0 ? Outcome.CAPTURED : Outcome.INCOMPLETE,
                snapshot(source.name(), parent, saved, source.excludeTexts(), started, finished, added),
                started,
                finished,
                filesFacts(saved, started),
                List.of(),
                saved.counts().totalBytes(),
                added.storedBytes(),
                saved.unreadable(),
                problems.told());
    }

    private PartialProgress progress(String source) {
        return new PartialProgress(
                repository, lock, fact -> listener.on(new RunEvent.FromBackup(source, new BackupEvent.Warning(fact))));
    }

    /// Writes down what the run finishes.
    private Checkpoints checkpoints(
            PartialProgress progress,
            String source,
            List<String> paths,
            @Nullable StoredSnapshot parent,
            List<String> excludes,
            Instant started,
            BlobWriter.Stats before) {
        return new Checkpoints(
                request.checkpoints(),
                (root, counts) -> progress.save(() -> snapshot(
                        source,
                        parent,
                        new SavedTree(root, paths, counts, 0),
                        excludes,
                        started,
                        clock.instant(),
                        added(before, writer.stats()))));
    }

    /// When every snapshot is written: what was written down on the way is of no more use.
    void forgetProgress() {
        endings.forEach(Runnable::run);
    }

    private BackupListener reporting(RunSource source, Problems problems) {
        return event -> {
            note(event, problems);
            listener.on(new RunEvent.FromBackup(source.name(), event));
        };
    }

    private Capture captureBucket(RunSource.Bucket source) {
        Instant started = clock.instant();
        BlobWriter.Stats before = writer.stats();
        List<String> paths = List.of("/" + source.name());
        StoredSnapshot parent = parent(paths);
        var problems = new Problems();
        var backup =
                new BucketBackup(repository, index, writer, request.uid(), request.gid(), reporting(source, problems));
        List<StoredSnapshot> begun = new PartialSnapshots(repository).of(request.host(), paths, index);
        if (!begun.isEmpty()) {
            backup.continueFrom(begun.getLast().snapshot().tree());
        }
        PartialProgress progress = progress(source.name());
        backup.write(checkpoints(progress, source.name(), paths, parent, List.of(), started, before));
        BucketBackup.Saved result = backup.run(
                source.request(), parent == null ? null : parent.snapshot().tree());
        endings.add(() -> progress.remove(begun));
        SavedTree saved = result.tree();
        Instant finished = clock.instant();
        BlobWriter.Stats added = added(before, writer.stats());
        return new Capture(
                source,
                saved.unreadable() == 0 ? Outcome.CAPTURED : Outcome.INCOMPLETE,
                snapshot(source.name(), parent, saved, List.of(), started, finished, added),
                started,
                finished,
                bucketFacts(result, started),
                List.of(),
                saved.counts().totalBytes(),
                added.storedBytes(),
                saved.unreadable(),
                problems.told());
    }

    private static Facts bucketFacts(BucketBackup.Saved saved, Instant started) {
        var counts = new TreeMap<String, Long>();
        counts.put("objects", saved.tree().counts().totalFiles());
        counts.put("bytes", saved.tree().counts().totalBytes());
        counts.put("unreadable", saved.tree().unreadable());
        counts.put("vanished", saved.vanished());
        return new Facts(started, new TreeMap<>(), new TreeMap<>(), counts, new TreeMap<>());
    }

    private Capture captureStreams(RunSource.Streams source) {
        Instant started = clock.instant();
        BlobWriter.Stats before = writer.stats();
        var problems = new Problems();
        List<CapturedStream> streams = new ArrayList<>();
        var backup = new StreamBackup(
                repository,
                writer,
                started.atZone(zone),
                request.uid(),
                request.gid(),
                request.workers(),
                event -> listener.on(new RunEvent.FromBackup(source.name(), event)));
        Facts facts = source.source()
                .capture(
                        (path, stream) -> {
                            var stored = backup.store(source.name() + "/" + path, stream);
                            streams.add(new CapturedStream(path, stored.bytes(), stored.sha256()));
                        },
                        event -> {
                            if (event instanceof SourceEvent.Warning(String fact)) {
                                problems.add(fact);
                            }
                            listener.on(new RunEvent.FromSource(source.name(), event));
                        });
        SavedTree saved = backup.finish();
        Instant finished = clock.instant();
        BlobWriter.Stats added = added(before, writer.stats());
        return new Capture(
                source,
                Outcome.CAPTURED,
                snapshot(source.name(), null, withPath(saved, source.name()), List.of(), started, finished, added),
                started,
                finished,
                facts,
                List.copyOf(streams),
                saved.counts().totalBytes(),
                added.storedBytes(),
                0,
                problems.told());
    }

    private static SavedTree withPath(SavedTree saved, String source) {
        return new SavedTree(saved.tree(), List.of("/" + source), saved.counts(), saved.unreadable());
    }

    private static void note(BackupEvent event, Problems problems) {
        switch (event) {
            case BackupEvent.Unreadable(String path, String reason, String _) -> problems.add(path + ": " + reason);
            case BackupEvent.Warning(String fact) -> problems.add(fact);
            case BackupEvent.Scanned _, BackupEvent.Progress _, BackupEvent.Started _, BackupEvent.ItemDone _ -> {}
        }
    }

    /// The newest snapshot of this host that holds all targets (repository format, section 8.2).
    private @Nullable StoredSnapshot parent(List<String> paths) {
        var wanted = new HashSet<>(paths);
        StoredSnapshot newest = null;
        for (StoredSnapshot candidate : snapshots) {
            Snapshot snapshot = candidate.snapshot();
            boolean fits = snapshot.hostname().equals(request.host())
                    && snapshot.paths().containsAll(wanted)
                    && index.contains(BlobHandle.tree(snapshot.tree()))
                    && !snapshot.time().toInstant().isAfter(clock.instant());
            if (fits
                    && (newest == null
                            || !snapshot.time()
                                    .toInstant()
                                    .isBefore(newest.snapshot().time().toInstant()))) {
                newest = candidate;
            }
        }
        return newest;
    }

    private static Facts filesFacts(SavedTree saved, Instant started) {
        var counts = new TreeMap<String, Long>();
        counts.put("files", saved.counts().totalFiles());
        counts.put(
                "dirs",
                saved.counts().dirsNew()
                        + saved.counts().dirsChanged()
                        + saved.counts().dirsUnmodified());
        counts.put("bytes", saved.counts().totalBytes());
        counts.put("unreadable", saved.unreadable());
        return new Facts(started, new TreeMap<>(), new TreeMap<>(), counts, new TreeMap<>());
    }

    private Snapshot snapshot(
            String source,
            @Nullable StoredSnapshot parent,
            SavedTree saved,
            List<String> excludes,
            Instant started,
            Instant finished,
            BlobWriter.Stats added) {
        List<String> tags = new ArrayList<>(request.tags());
        tags.add("job:" + request.job());
        tags.add("source:" + source);
        tags.add("run:" + run.hex());
        return new BackupSnapshots(
                        request.host(), request.username(), request.uid(), request.gid(), request.version(), zone)
                .snapshot(
                        started, parent == null ? null : parent.id(), saved, excludes, tags, added, started, finished);
    }

    private static BlobWriter.Stats added(BlobWriter.Stats before, BlobWriter.Stats after) {
        return new BlobWriter.Stats(
                after.dataBlobs() - before.dataBlobs(),
                after.treeBlobs() - before.treeBlobs(),
                after.plainBytes() - before.plainBytes(),
                after.storedBytes() - before.storedBytes(),
                after.packs() - before.packs());
    }
}
