package dev.reprise.operations.restore;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Workers;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.restore.Item.Folder;
import dev.reprise.operations.restore.Item.RegularFile;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.sources.files.FileTarget;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts a tree back into a folder. One instance, one run.
public final class FilesRestore {
    /*
     * Order matters:
     *
     *   1. load and verify every tree that is needed        (touches nothing; a missing root ends here)
     *   2. make folders, look at what is there              (no file is changed)
     *   3. plan by pack, then read each pack once and write its blobs to every place that needs them
     *   4. files without content to write, links, devices
     *   5. read back, if asked
     *   6. delete what the tree lacks, if asked
     *   7. metadata of folders, the innermost first         (writing into a folder changes its times)
     *
     * The metadata of a file follows as soon as its content is complete, or was read back: mode last, so a file
     * that is not complete is private. Walking the trees twice instead of holding all items was considered; it
     * saves 200 bytes a file and costs a second fetch of every tree.
     */
    private final Repository repository;
    private final BlobIndex index;
    private final Progress progress;

    private final EarlyPlan early;

    public FilesRestore(Repository repository, BlobIndex index, RestoreListener listener) {
        this(repository, index, listener, new EarlyPlan());
    }

    /// @param early trees it has seen are not read again
    public FilesRestore(Repository repository, BlobIndex index, RestoreListener listener, EarlyPlan early) {
        this.repository = repository;
        this.index = index;
        this.early = early;
        progress = new Progress(listener);
    }

    /// Every item that fails is reported and counted; the rest is done. Running it again into the same
    /// folder writes only what is missing.
    ///
    /// A file of which some content is damaged keeps what could be restored, without its metadata and
    /// with its mode still private; it is named in the result.
    ///
    /// @throws dev.reprise.repository.model.RepositoryException if the root tree cannot be read; nothing
    /// was touched
    /// @throws CancelledException if this thread was interrupted; no thread is left, and running again
    /// resumes
    public RestoreResult run(FilesRestoreRequest request) {
        RestorePlan plan = plan(request);
        boolean absent = !Files.exists(request.target(), LinkOption.NOFOLLOW_LINKS);
        plan.folders().getFirst().fresh = absent;
        if (absent && request.dryRun()) {
            plan.chooseLinks();
            return report(plan, request, null);
        }
        try (FileTarget target = FileTarget.open(request.target(), request.metadata()::restores)) {
            new Preparation(target, request, index, progress).run(plan);
            return request.dryRun() ? report(plan, request, target) : restore(plan, request, target);
        } catch (IOException e) {
            throw refused(request, e);
        }
    }

    private RestorePlan plan(FilesRestoreRequest request) {
        RestorePlan known = early.take(request);
        if (known != null) {
            return known;
        }
        var trees = new TreeLoader(repository, index, repository.readers(request.workers()));
        return TreeWalk.of(trees, request, progress).walk(request.tree());
    }

    private static OperationException refused(FilesRestoreRequest request, IOException e) {
        return new OperationException(
                ExitStatus.TARGET_REFUSED,
                "cannot restore into " + request.target() + ": " + Preparation.reason(e),
                "choose another folder, or correct its permissions",
                e);
    }

    /// Packs whose contents [#run] would read: those of every file that is selected, or of those
    /// alone that the target does not hold yet. Trees are read for it, and files of the target if
    /// they are looked at; nothing is touched.
    ///
    /// @param compared whether to look at the target, which takes as long as reading it
    /// @throws dev.reprise.repository.model.RepositoryException if the root tree cannot be read
    public static Set<ObjectId> packs(
            Repository repository, BlobIndex index, FilesRestoreRequest request, boolean compared) {
        var silent = new Progress(RestoreListener.SILENT);
        var trees = new TreeLoader(repository, index, request.workers());
        RestorePlan plan = TreeWalk.of(trees, request, silent).walk(request.tree());
        boolean absent = !Files.exists(request.target(), LinkOption.NOFOLLOW_LINKS);
        plan.folders().getFirst().fresh = absent;
        if (absent || !compared) {
            plan.chooseLinks();
            return PackPlan.packsOf(plan.files(), index, silent);
        }
        try (FileTarget target = FileTarget.open(request.target(), request.metadata()::restores)) {
            new Preparation(target, request.asDryRun(), index, silent).run(plan);
            return PackPlan.packsOf(plan.files(), index, silent);
        } catch (IOException e) {
            throw refused(request, e);
        }
    }

    /// How far the run is, as restic counts. Any thread may ask, also while it runs.
    public RestoreCounts counts() {
        return progress.counts();
    }

    private RestoreResult restore(RestorePlan plan, FilesRestoreRequest request, FileTarget target) {
        PackPlan packs = PackPlan.of(plan.files(), index, progress);
        progress.planned(plan, packs.packs());
        progress.written(packs.presentBytes());
        var finishing = new Finishing(target, request, index, progress);
        try (var contents = new FileContents(target, request, index, progress, finishing)) {
            withoutContent(plan.files(), contents, finishing, request);
            Workers.run(
                    "restoring files",
                    repository.readers(request.workers()),
                    packs.packs(),
                    () -> repository.reader(index),
                    BlobReader::close,
                    (reader, number) -> fetch(reader, packs, number, contents));
        }
        finishing.run(plan);
        if (request.delete() && !plan.isEmpty()) {
            new Deletion(target, Selection.of(request), progress, false).run(plan.folders());
        }
        finishing.folders(plan.folders());
        return progress.result();
    }

    private void withoutContent(
            List<RegularFile> files, FileContents contents, Finishing finishing, FilesRestoreRequest request) {
        Workers.run("restoring files", request.workers(), files.size(), number -> {
            RegularFile file = files.get(number);
            if (file.failed) {
                return;
            }
            switch (file.outcome) {
                case RESTORED, UPDATED -> {
                    if (file.outstanding == 0) {
                        contents.completeWithoutChunks(file);
                    }
                }
                case UNCHANGED -> {
                    progress.bytes(file.size());
                    finishing.unchanged(file);
                }
                case SKIPPED -> progress.done(file);
                case LINKED -> {} // after the file it is a name of
            }
        });
    }

    private void fetch(BlobReader reader, PackPlan packs, int number, FileContents contents) {
        PackPlan.PackTargets targets = packs.targets(number);
        try {
            reader.readPack(packs.pack(number), targets.blobs(), new BlobReader.PackConsumer() {
                @Override
                public void blob(BlobLocation location, byte[] data, int length) {
                    targets.take(location.handle().id(), (file, offset) -> {
                        Workers.stopIfInterrupted("restoring files"); // one blob may have thousands of places
                        contents.write(file, offset, data, length);
                    });
                }

                @Override
                public void damaged(BlobLocation location, RuntimeException reason) {
                    giveUp(location, targets, contents, reason);
                }
            });
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            targets.blobs().forEach(blob -> giveUp(blob, targets, contents, e));
        }
    }

    private static void giveUp(
            BlobLocation blob, PackPlan.PackTargets targets, FileContents contents, RuntimeException reason) {
        String fact = String.valueOf(reason.getMessage());
        targets.take(blob.handle().id(), (file, _) -> contents.giveUp(file, fact));
    }

    /// What would happen, for a dry run.
    private RestoreResult report(RestorePlan plan, FilesRestoreRequest request, @Nullable FileTarget target) {
        progress.planned(plan, PackPlan.countPacks(plan.files(), index, progress));
        for (Folder folder : plan.folders()) {
            if (!folder.failed && !folder.isRoot()) {
                progress.done(folder);
            }
            for (Item child : folder.children) {
                if (!child.failed && !(child instanceof Folder)) {
                    switch (child.outcome) {
                        case RESTORED, UPDATED -> progress.written(child.size());
                        case UNCHANGED, LINKED -> progress.bytes(child.size());
                        case SKIPPED -> {}
                    }
                    progress.done(child);
                }
            }
        }
        if (request.delete() && !plan.isEmpty() && target != null) {
            new Deletion(target, Selection.of(request), progress, true).run(plan.folders());
        }
        return progress.result();
    }
}
