package dev.reprise.operations.restore;

import dev.reprise.base.RawName;
import dev.reprise.base.Workers;
import dev.reprise.operations.restore.Item.Folder;
import dev.reprise.sources.files.FileMeta;
import dev.reprise.sources.files.FileTarget;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Removes what the snapshot lacks, where the filter allows it. A folder whose tree could not be read is
/// left alone: what it should hold is unknown.
final class Deletion {
    private final FileTarget target;
    private final Selection selection;
    private final Progress progress;
    private final boolean dryRun;

    Deletion(FileTarget target, Selection selection, Progress progress, boolean dryRun) {
        this.target = target;
        this.selection = selection;
        this.progress = progress;
        this.dryRun = dryRun;
    }

    void run(List<Folder> folders) {
        for (Folder folder : folders) {
            Workers.stopIfInterrupted("deleting");
            if (folder.known && folder.made && !folder.fresh) {
                clean(folder);
            }
        }
    }

    private void clean(Folder folder) {
        Set<RawName> wanted = new HashSet<>();
        folder.children.forEach(child -> wanted.add(child.name));
        List<RawName> path = folder.path();
        try {
            for (RawName name : target.names(path)) {
                if (!wanted.contains(name)) {
                    remove(below(path, name), folder.absolutePath().child(name));
                }
            }
        } catch (IOException e) {
            progress.fail(folder.shown(), "what the snapshot lacks could not be deleted: " + Preparation.reason(e));
        }
    }

    /// @return whether nothing is left of it
    private boolean remove(List<RawName> path, RawName absolutePath) {
        if (!selection.selects(absolutePath)) {
            return false;
        }
        try {
            if (target.stat(path).type() == FileMeta.Type.DIR && !empty(path, absolutePath)) {
                return false;
            }
            if (!dryRun) {
                target.delete(path);
            }
            progress.deleted(absolutePath.toString());
            return true;
        } catch (IOException e) {
            progress.fail(absolutePath.toString(), "it could not be deleted: " + Preparation.reason(e));
            return false;
        }
    }

    /// Removes the entries one by one, because the filter may keep some, and each is counted.
    private boolean empty(List<RawName> path, RawName absolutePath) throws IOException {
        boolean empty = true;
        for (RawName name : target.names(path)) {
            Workers.stopIfInterrupted("deleting");
            empty &= remove(below(path, name), absolutePath.child(name));
        }
        return empty;
    }

    private static List<RawName> below(List<RawName> path, RawName name) {
        var below = new ArrayList<>(path);
        below.add(name);
        return below;
    }
}
