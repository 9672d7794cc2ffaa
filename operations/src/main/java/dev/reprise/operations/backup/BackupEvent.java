package dev.reprise.operations.backup;

/// Everything a backup reports. Paths are for people.
public sealed interface BackupEvent {
    /// What the scan has found so far, or in all when `complete`.
    record Scanned(long files, long dirs, long bytes, boolean complete) implements BackupEvent {}

    /// Sums so far; sent often.
    record Progress(long files, long bytes) implements BackupEvent {}

    /// A worker begins with a file or stream.
    record Started(String path) implements BackupEvent {}

    /// @param action one of `new`, `unchanged`, `modified`
    /// @param directory whether the item is a directory
    /// @param dataSize plaintext bytes of new data blobs; `dataStored` the same as stored
    record ItemDone(
            String path,
            boolean directory,
            String action,
            double seconds,
            long dataSize,
            long dataStored,
            long metadataSize,
            long metadataStored)
            implements BackupEvent {}

    /// Something could not be read; the rest is saved and the run is incomplete.
    ///
    /// @param path local path
    /// @param during `archival` or `scan`
    record Unreadable(String path, String reason, String during) implements BackupEvent {}

    record Warning(String fact) implements BackupEvent {}
}
