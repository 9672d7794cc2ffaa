package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import java.util.List;

/// A root tree that is stored, and what happened on the way.
///
/// @param paths     absolute, cleaned targets that existed, in the order given
/// @param unreadable number of items that could not be read; above zero the run is incomplete
public record SavedTree(ObjectId tree, List<String> paths, Counts counts, long unreadable) {

    /// Regular files and directories as a snapshot's summary counts them; the root is no directory here.
    public record Counts(
            long filesNew,
            long filesChanged,
            long filesUnmodified,
            long dirsNew,
            long dirsChanged,
            long dirsUnmodified,
            long totalFiles,
            long totalBytes) {}
}
