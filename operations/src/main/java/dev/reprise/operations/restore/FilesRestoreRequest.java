package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.filter.PatternList;
import java.nio.file.Path;
import java.util.List;

/// Which part of a tree to put where (repository format, section 10.4).
///
/// @param tree     root tree of the snapshot, or of the folder inside it that becomes the new root
/// @param target   folder; created when missing
/// @param includes when not empty only what matches is restored; not together with `excludes`
/// @param delete   removes what the tree does not have, in directories that were selected
/// @param sparse   leaves holes for runs of zeros
/// @param verify   reads everything back and compares after writing
/// @param dryRun   plans and reports, touches nothing
/// @param metadata which metadata is restored
/// @param workers  threads that fetch and write
public record FilesRestoreRequest(
        ObjectId tree,
        Path target,
        List<PatternList> includes,
        List<PatternList> excludes,
        Overwrite overwrite,
        boolean delete,
        boolean sparse,
        boolean verify,
        boolean dryRun,
        MetadataChoice metadata,
        int workers) {
    /// As above, with all metadata.
    public FilesRestoreRequest(
            ObjectId tree,
            Path target,
            List<PatternList> includes,
            List<PatternList> excludes,
            Overwrite overwrite,
            boolean delete,
            boolean sparse,
            boolean verify,
            boolean dryRun,
            int workers) {
        this(tree, target, includes, excludes, overwrite, delete, sparse, verify, dryRun, MetadataChoice.ALL, workers);
    }

    /// The same, only to be planned.
    FilesRestoreRequest asDryRun() {
        return new FilesRestoreRequest(
                tree, target, includes, excludes, overwrite, delete, sparse, verify, true, metadata, workers);
    }

    /// What happens to a file that is already there.
    public enum Overwrite {
        /// Content is compared chunk by chunk and only differing chunks are written; this resumes a broken
        /// restore.
        ALWAYS,
        /// Skipped when size and modification time agree.
        IF_CHANGED,
        IF_NEWER,
        NEVER
    }
}
