package dev.reprise.operations.check;

import dev.reprise.base.ByteSize;
import dev.reprise.repository.snapshot.SnapshotFilter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to examine (repository format, section 10.3).
///
/// @param filter             limits the snapshots; with one that limits, and with ids, only their packs are read
/// @param ids                ids, starts of ids or `latest`; empty for every snapshot the filter matches
/// @param packs              which packs are read whole
/// @param stopAtDamagedIndex whether to end when an index file cannot be read: all that is missing then may only be
///                           unknown
/// @param workers            threads that read
/// @param memory             limit for what grows with the repository; null for none
public record CheckRequest(
        SnapshotFilter filter,
        List<String> ids,
        PackSelection packs,
        boolean stopAtDamagedIndex,
        int workers,
        @Nullable Memory memory) {
    /// How much of the repository's index, directories and packs is held in memory. The rest goes to files
    /// without a name, readable by this user alone, and costs time. Not counted are threads, what they read
    /// at the moment, and the snapshots themselves.
    ///
    /// @param size      most of it
    /// @param temporary directory for what does not fit
    public record Memory(ByteSize size, Path temporary) {}

    /// Every snapshot.
    public static CheckRequest everything(PackSelection packs, int workers) {
        return new CheckRequest(SnapshotFilter.ALL, List.of(), packs, false, workers, null);
    }

    /// The same within this much memory.
    public CheckRequest within(@Nullable Memory limit) {
        return new CheckRequest(filter, ids, packs, stopAtDamagedIndex, workers, limit);
    }

    boolean isLimited() {
        return !ids.isEmpty() || !filter.equals(SnapshotFilter.ALL);
    }
}
