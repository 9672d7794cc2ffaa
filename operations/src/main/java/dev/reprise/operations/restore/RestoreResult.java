package dev.reprise.operations.restore;

import java.util.List;

/// @param items    nodes of every type that are as the snapshot has them, written or found so
/// @param skipped  items left alone by the overwrite rule
/// @param deleted  items removed
/// @param bytes    content written or found equal
/// @param failed   items that are not as the snapshot has them
/// @param verified files read back and compared, when asked
/// @param failures the first 1000 items that failed, with the reason; the listener got all
public record RestoreResult(
        long items,
        long skipped,
        long deleted,
        long bytes,
        long failed,
        long verified,
        List<RestoreEvent.Failed> failures) {}
