package dev.reprise.operations.backup;

/// Called from worker threads, possibly at the same time. Must return quickly and must not throw.
@FunctionalInterface
public interface BackupListener {
    BackupListener SILENT = _ -> {};

    void on(BackupEvent event);

    /// Whether to report items that did not change, one by one; asked often.
    default boolean wantsUnchanged() {
        return true;
    }
}
