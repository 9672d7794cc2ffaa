package dev.reprise.operations.backup;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.sources.files.FileTree;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/// Saves file trees. One instance, one run.
public final class FilesBackup {
    private final Repository repository;
    private final BlobIndex index;
    private final BlobWriter writer;
    private final FileTree files;
    private final ZoneId zone;
    private final BackupListener listener;
    private @Nullable ObjectId begunTree;
    private @Nullable Checkpoints checkpoints;
    private boolean parentMayVanish;
    private Runnable meanwhile = () -> {};

    /// @param zone the process's local zone: times are written with its offset at that instant
    public FilesBackup(
            Repository repository,
            BlobIndex index,
            BlobWriter writer,
            FileTree files,
            ZoneId zone,
            BackupListener listener) {
        this.repository = repository;
        this.index = index;
        this.writer = writer;
        this.files = files;
        this.zone = zone;
        this.listener = listener;
    }

    /// Takes over what a backup that was broken off had finished, as far as it is still true and still there.
    ///
    /// @param tree from [Checkpoints.Destination#take]
    public void continueFrom(ObjectId tree) {
        begunTree = tree;
    }

    /// A parent tree that cannot be found or read is then told of, but is no item that could not be read.
    public void letParentVanish() {
        parentMayVanish = true;
    }

    /// Done by the thread that calls [#run], once, while others have begun to work; what it throws
    /// ends the run.
    public void meanwhile(Runnable task) {
        meanwhile = task;
    }

    /// Writes checkpoints while the run goes on.
    public void write(Checkpoints wanted) {
        checkpoints = wanted;
    }

    /// Reads, cuts, stores. Blobs are durable only after the writer's `finish()`, which the caller calls.
    ///
    /// A target that does not exist counts as unreadable. Interrupting the calling thread ends the run.
    ///
    /// @throws dev.reprise.operations.OperationException if no target exists or everything was excluded
    /// @throws CancelledException if the calling thread was interrupted; the run's threads have then ended
    public SavedTree run(FilesRequest request) {
        if (request.workers() < 1) {
            throw new IllegalArgumentException("a backup needs at least 1 worker, not " + request.workers());
        }
        Targets targets = Targets.lookUp(files, request);
        var run = new BackupRun(
                files, new NodeFactory(files, zone, request.withAtime()), request, targets.devices(), listener);
        if (parentMayVanish) {
            run.letParentVanish();
        }
        targets.missing().forEach(run::missing);
        if (targets.existing().isEmpty()) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "none of the paths to save exists",
                    "check the paths: " + targets.missing(),
                    null);
        }
        DirectoryWork root = DirectoryWork.root(run, targets.tree(), request.parentTree(), begunTree);
        run.push(root);
        work(run, request.workers());
        run.scanned(true);
        run.progress();
        ObjectId tree = root.tree();
        if (tree == null) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "snapshot is empty: everything is excluded or cannot be read",
                    "check the exclude rules and the permissions of " + targets.existing(),
                    null);
        }
        return new SavedTree(
                tree, targets.existing(), run.tally().counts(), run.tally().unreadableItems());
    }

    private void work(BackupRun run, int workers) {
        var crew = new Crew(run, () -> new Worker(repository, index, writer, run.stack()), meanwhile);
        if (checkpoints == null) {
            crew.work(workers);
            return;
        }
        try (var _ = CheckpointThread.start(run, writer, checkpoints)) {
            crew.work(workers);
        }
    }
}
