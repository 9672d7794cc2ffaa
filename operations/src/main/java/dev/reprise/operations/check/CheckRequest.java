package dev.reprise.operations.check;

import dev.reprise.repository.snapshot.SnapshotFilter;
import java.util.List;

/// What to examine (repository format, section 10.3).
///
/// @param filter             limits the snapshots; with one that limits, and with ids, only their packs are read
/// @param ids                ids, starts of ids or `latest`; empty for every snapshot the filter matches
/// @param packs              which packs are read whole
/// @param stopAtDamagedIndex whether to end when an index file cannot be read: all that is missing then may only be
///                           unknown
/// @param workers            threads that read
public record CheckRequest(
        SnapshotFilter filter, List<String> ids, PackSelection packs, boolean stopAtDamagedIndex, int workers) {
    /// Every snapshot.
    public static CheckRequest everything(PackSelection packs, int workers) {
        return new CheckRequest(SnapshotFilter.ALL, List.of(), packs, false, workers);
    }

    boolean isLimited() {
        return !ids.isEmpty() || !filter.equals(SnapshotFilter.ALL);
    }
}
