package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.operations.restore.FilesRestoreRequest.Overwrite;
import java.nio.file.Path;
import java.util.List;

/// Requests that differ from the usual one in one thing.
final class Requests {
    private Requests() {}

    static FilesRestoreRequest into(Path target, ObjectId tree) {
        return new FilesRestoreRequest(
                tree, target, List.of(), List.of(), Overwrite.ALWAYS, false, false, false, false, 2);
    }

    static FilesRestoreRequest overwriting(FilesRestoreRequest request, Overwrite overwrite) {
        return new FilesRestoreRequest(
                request.tree(),
                request.target(),
                request.includes(),
                request.excludes(),
                overwrite,
                request.delete(),
                request.sparse(),
                request.verify(),
                request.dryRun(),
                request.workers());
    }

    static FilesRestoreRequest including(FilesRestoreRequest request, String... patterns) {
        return new FilesRestoreRequest(
                request.tree(),
                request.target(),
                List.of(PatternList.of(List.of(patterns), false)),
                List.of(),
                request.overwrite(),
                request.delete(),
                request.sparse(),
                request.verify(),
                request.dryRun(),
                request.workers());
    }

    static FilesRestoreRequest excluding(FilesRestoreRequest request, String... patterns) {
        return new FilesRestoreRequest(
                request.tree(),
                request.target(),
                List.of(),
                List.of(PatternList.of(List.of(patterns), false)),
                request.overwrite(),
                request.delete(),
                request.sparse(),
                request.verify(),
                request.dryRun(),
                request.workers());
    }

    static FilesRestoreRequest deleting(FilesRestoreRequest request) {
        return new FilesRestoreRequest(
                request.tree(),
                request.target(),
                request.includes(),
                request.excludes(),
                request.overwrite(),
                true,
                request.sparse(),
                request.verify(),
                request.dryRun(),
                request.workers());
    }

    static FilesRestoreRequest sparse(FilesRestoreRequest request) {
        return new FilesRestoreRequest(
                request.tree(),
                request.target(),
                request.includes(),
                request.excludes(),
                request.overwrite(),
                request.delete(),
                true,
                request.verify(),
                request.dryRun(),
                request.workers());
    }

    static FilesRestoreRequest verifying(FilesRestoreRequest request) {
        return new FilesRestoreRequest(
                request.tree(),
                request.target(),
                request.includes(),
                request.excludes(),
                request.overwrite(),
                request.delete(),
                request.sparse(),
                true,
                request.dryRun(),
                request.workers());
    }

    static FilesRestoreRequest dry(FilesRestoreRequest request) {
        return new FilesRestoreRequest(
                request.tree(),
                request.target(),
                request.includes(),
                request.excludes(),
                request.overwrite(),
                request.delete(),
                request.sparse(),
                request.verify(),
                true,
                request.workers());
    }
}
