package dev.reprise.operations.restore;

/// Called from worker threads, possibly at the same time. Must return quickly and must not throw.
@FunctionalInterface
public interface RestoreListener {
    RestoreListener SILENT = _ -> {};

    void on(RestoreEvent event);
}
