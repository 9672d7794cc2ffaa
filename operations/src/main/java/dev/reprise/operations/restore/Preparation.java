package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Workers;
import dev.reprise.operations.restore.FilesRestoreRequest.Overwrite;
import dev.reprise.operations.restore.Item.Folder;
import dev.reprise.operations.restore.Item.Outcome;
import dev.reprise.operations.restore.Item.RegularFile;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTarget;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Makes the folders and decides for every file what has to be done, looking at what the target already
/// holds. Nothing is looked up below a folder that is new.
final class Preparation {
    private static final int BUFFER_BYTES = 1 << 18;

    private final FileTarget target;
    private final FilesRestoreRequest request;
    private final BlobIndex index;
    private final Progress progress;

    Preparation(FileTarget target, FilesRestoreRequest request, BlobIndex index, Progress progress) {
        this.target = target;
        this.request = request;
        this.index = index;
        this.progress = progress;
    }

    void run(RestorePlan plan) {
        for (Folder folder : plan.folders()) {
            Workers.stopIfInterrupted("making folders");
            prepare(folder);
        }
        List<Folder> folders = plan.folders();
        Workers.run("looking at files", request.workers(), folders.size(), n -> decide(folders.get(n)));
        plan.chooseLinks();
        List<RegularFile> comparable = plan.files().stream()
                .filter(file -> !file.failed && file.outcome == Outcome.UPDATED)
                .toList();
        Workers.run(
                "comparing files",
                request.workers(),
                comparable.size(),
                () -> new byte[BUFFER_BYTES],
                _ -> {},
                (buffer, n) -> compare(comparable.get(n), buffer));
    }

    private void prepare(Folder folder) {
        try {
            Folder parent = folder.parent;
            if (parent != null) {
                if (!parent.made) {
                    progress.fail(folder, "the folder above it could not be made");
                    return;
                }
                folder.fresh = parent.fresh || !parent.found.contains(folder.name) || !isFolder(folder);
                if (!request.dryRun()) {
                    target.directory(folder.path(), request.overwrite() != Overwrite.NEVER);
                }
            }
            folder.made = true;
            folder.found = folder.fresh ? Set.of() : new HashSet<>(target.names(folder.path()));
        } catch (IOException e) {
            progress.fail(folder, reason(e));
        }
    }

    private boolean isFolder(Folder folder) throws IOException {
        return target.stat(folder.path()).type() == FileMeta.Type.DIR;
    }

    private void decide(Folder folder) {
        for (Item child : folder.children) {
            Workers.stopIfInterrupted("looking at files");
            if (!folder.made) {
                progress.fail(child, "the folder above it could not be made");
            } else if (!child.failed && folder.found.contains(child.name) && !(child instanceof Folder)) {
                decide(child);
            }
        }
        folder.found = Set.of();
    }

    private void decide(Item item) {
        try {
            FileMeta old = target.stat(item.path());
            item.old = old;
            item.outcome = switch (request.overwrite()) {
                case ALWAYS -> Outcome.UPDATED;
                case IF_CHANGED -> looksEqual(item, old) ? Outcome.UNCHANGED : Outcome.UPDATED;
                case IF_NEWER -> item.isNewerThan(old) ? Outcome.UPDATED : Outcome.SKIPPED;
                case NEVER -> Outcome.SKIPPED;
            };
        } catch (NoSuchFileException _) {
            // Gone since the folder was listed: as good as new.
        } catch (IOException e) {
            progress.fail(item, reason(e));
        }
    }

    private static boolean looksEqual(Item item, FileMeta old) {
        return item instanceof RegularFile file
                && old.type() == FileMeta.Type.FILE
                && old.size() == file.size()
                && file.hasMtimeOf(old);
    }

    private void compare(RegularFile file, byte[] buffer) {
        FileMeta old = file.old;
        if (old == null || old.type() != FileMeta.Type.FILE) {
            file.outcome = Outcome.RESTORED;
            return;
        }
        ChunkLayout layout = ChunkLayout.of(file, index);
        var present = new BitSet(file.chunks());
        try (FileTree.OpenFile open = target.read(file.path())) {
            for (int i = 0; i < file.chunks(); i++) {
                if (layout.isPlaced(i) && layout.offset()[i] + layout.length()[i] <= old.size()) {
                    present.set(i, holds(open, layout, i, file.chunk(i), buffer));
                }
            }
        } catch (IOException _) {
            file.outcome = Outcome.RESTORED;
            file.replaceOld = true; // what cannot be read cannot be trusted to be written in parts either
            return;
        }
        if (present.cardinality() == file.chunks() && old.size() == layout.end()) {
            file.outcome = Outcome.UNCHANGED;
            file.compared = true;
        } else if (old.links() > 1 || !isWritable(file)) {
            file.replaceOld = true;
        } else {
            file.present = present;
        }
    }

    /// Tried, not concluded from the mode: a program that runs cannot be written either.
    private boolean isWritable(RegularFile file) {
        if (request.dryRun()) {
            return true;
        }
        try {
            target.file(file.path(), false).close();
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private static boolean holds(FileTree.OpenFile open, ChunkLayout layout, int chunk, ObjectId id, byte[] buffer)
            throws IOException {
        return ContentHash.of(open, layout.offset()[chunk], layout.length()[chunk], buffer)
                .equals(id);
    }

    static String reason(IOException e) {
        return String.valueOf(e.getMessage());
    }
}
