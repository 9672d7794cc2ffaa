package dev.reprise.operations.restore;

/// @param items    nodes of every type that were restored
/// @param skipped  items left alone by the overwrite rule
/// @param deleted  items removed
/// @param bytes    content written or found equal
/// @param failed   items that are not as the snapshot has them
/// @param verified files read back and compared, when asked
public record RestoreResult(long items, long skipped, long deleted, long bytes, long failed, long verified) {}
