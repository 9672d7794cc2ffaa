package dev.reprise.operations.run;

/// Called from worker threads, possibly at the same time. Must return quickly and must not throw.
@FunctionalInterface
public interface RunListener {
    RunListener SILENT = _ -> {};

    void on(RunEvent event);
}
