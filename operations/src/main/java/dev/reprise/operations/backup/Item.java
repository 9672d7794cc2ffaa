package dev.reprise.operations.backup;

import dev.reprise.base.RawName;
import dev.reprise.operations.backup.TargetTree.Branch;
import dev.reprise.repository.tree.Node;
import org.jspecify.annotations.Nullable;

/// One entry of a directory that is being saved.
///
/// @param slot    its place among the entries of `parent`
/// @param name    in the snapshot
/// @param branch  set when targets lead here
/// @param old     what the parent snapshot has under this path
/// @param begun   what a backup that was broken off has there
/// @param started in nanoseconds of the system's timer
record Item(
        DirectoryWork parent,
        int slot,
        RawName name,
        @Nullable Branch branch,
        @Nullable Node old,
        @Nullable Node begun,
        long started) {
    private static final double NANOS_PER_SECOND = 1e9;

    /// The path in the snapshot, for people.
    String path() {
        return parent.path() + "/" + name;
    }

    /// The path in the file system, absolute and cleaned.
    RawName localPath() {
        return branch == null ? parent.localPath().child(name) : TargetPath.clean(branch.path());
    }

    RawName diskName() {
        return branch == null ? name : branch.diskName();
    }

    double seconds() {
        return (System.nanoTime() - started) / NANOS_PER_SECOND;
    }
}
