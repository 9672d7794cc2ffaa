package dev.reprise.operations.restore;

import dev.reprise.base.Workers;
import dev.reprise.operations.restore.FilesRestoreRequest.Overwrite;
import dev.reprise.operations.restore.Item.Folder;
import dev.reprise.operations.restore.Item.Other;
import dev.reprise.operations.restore.Item.Outcome;
import dev.reprise.operations.restore.Item.RegularFile;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTarget;
import dev.reprise.sources.files.FileTree;
import java.io.IOException;
import java.util.List;

/// Everything but content: links, special files, reading back, metadata.
final class Finishing {
    private static final int BUFFER_BYTES = 1 << 18;

    private final FileTarget target;
    private final FilesRestoreRequest request;
    private final BlobIndex index;
    private final Progress progress;
    private final boolean replace;

    Finishing(FileTarget target, FilesRestoreRequest request, BlobIndex index, Progress progress) {
        this.target = target;
        this.request = request;
        this.index = index;
        this.progress = progress;
        replace = request.overwrite() != Overwrite.NEVER;
    }

    /// The content of this file was right before this run. Safe for many threads.
    void unchanged(RegularFile file) {
        if (!request.verify()) {
            metadata(file);
        }
    }

    /// The last of its content is written, and it is still open: the cheapest moment for its metadata. A file
    /// that is read back gets it afterwards, because its mode may forbid reading.
    void beforeClose(RegularFile file, FileTarget.WritableFile handle) throws IOException {
        if (!request.verify()) {
            report(file, handle.metadata(file.meta(), file.xattrs()));
        }
    }

    /// It is closed, and nothing about it failed.
    void written(RegularFile file) {
        if (!request.verify()) {
            progress.done(file);
        }
    }

    /// After all content was written.
    void run(RestorePlan plan) {
        List<Other> others = plan.others();
        Workers.run("restoring links and devices", request.workers(), others.size(), n -> restore(others.get(n)));
        if (request.verify()) {
            List<RegularFile> files = plan.files();
            Workers.run(
                    "reading files back",
                    request.workers(),
                    files.size(),
                    () -> new byte[BUFFER_BYTES],
                    _ -> {},
                    (buffer, n) -> verify(files.get(n), buffer));
        }
        for (RegularFile file : plan.files()) {
            Workers.stopIfInterrupted("restoring hard links");
            if (file.outcome == Outcome.LINKED && !file.failed) {
                link(file);
            }
        }
    }

    /// Metadata of folders, those inside before those around them.
    void folders(List<Folder> folders) {
        for (Folder folder : folders.reversed()) {
            Workers.stopIfInterrupted("restoring folders");
            if (!folder.isRoot() && !folder.failed && folder.made) {
                metadata(folder);
            }
        }
    }

    private void restore(Other item) {
        if (item.failed) {
            return;
        }
        if (item.outcome == Outcome.SKIPPED) {
            progress.done(item);
            return;
        }
        try {
            if (item.linkTarget != null) {
                target.symlink(item.path(), item.linkTarget, replace);
            } else {
                target.special(item.path(), item.meta(), replace);
            }
            metadata(item);
        } catch (IOException e) {
            progress.fail(item, Preparation.reason(e));
        }
    }

    private void link(RegularFile file) {
        RegularFile leader = file.links == null ? null : file.links.leader();
        if (leader == null || leader.failed) {
            progress.fail(file, "it is another name of a file that could not be restored");
            return;
        }
        try {
            if (file.old != null && isSameFile(target.stat(leader.path()), target.stat(file.path()))) {
                file.outcome = Outcome.UNCHANGED;
            } else {
                target.link(file.path(), leader.path(), replace);
            }
            progress.bytes(file.size());
            progress.done(file);
        } catch (IOException e) {
            progress.fail(file, Preparation.reason(e));
        }
    }

    private static boolean isSameFile(FileMeta one, FileMeta other) {
        return one.inode() == other.inode() && one.device() == other.device();
    }

    private void verify(RegularFile file, byte[] buffer) {
        if (file.failed || file.outcome == Outcome.SKIPPED || file.outcome == Outcome.LINKED) {
            return;
        }
        try {
            if (file.compared || isAsRecorded(file, buffer)) {
                progress.verified();
                metadata(file);
            }
        } catch (IOException e) {
            progress.fail(file, "it cannot be read back: " + Preparation.reason(e));
        }
    }

    private boolean isAsRecorded(RegularFile file, byte[] buffer) throws IOException {
        ChunkLayout layout = ChunkLayout.of(file, index);
        try (FileTree.OpenFile open = target.read(file.path())) {
            long size = open.meta().size();
            if (size != layout.end()) {
                progress.fail(file, "read back, it has " + size + " bytes instead of " + layout.end());
                return false;
            }
            for (int i = 0; i < file.chunks(); i++) {
                long offset = layout.offset()[i];
                if (!ContentHash.of(open, offset, layout.length()[i], buffer).equals(file.chunk(i))) {
                    progress.fail(file, "read back, it differs from the snapshot at or after byte " + offset);
                    return false;
                }
            }
            return true;
        }
    }

    private void metadata(Item item) {
        try {
            if (report(item, target.metadata(item.path(), item.meta(), item.xattrs()))) {
                progress.done(item);
            }
        } catch (IOException e) {
            progress.fail(item, Preparation.reason(e));
        }
    }

    private boolean report(Item item, List<String> problems) {
        if (!problems.isEmpty()) {
            progress.fail(item, String.join("; ", problems));
        }
        return problems.isEmpty();
    }
}
