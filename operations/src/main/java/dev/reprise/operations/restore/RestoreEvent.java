package dev.reprise.operations.restore;

/// Everything a restore reports.
public sealed interface RestoreEvent {
    /// The plan is made: what will be written and how many packs are read for it.
    record Planned(long items, long files, long bytes, long packs) implements RestoreEvent {}

    record Progress(long files, long bytes) implements RestoreEvent {}

    /// @param action one of `restored`, `updated`, `unchanged`, `skipped`, `deleted`
    record ItemDone(String path, String action, long size) implements RestoreEvent {}

    /// This item is not as the snapshot has it; the rest goes on.
    record Failed(String path, String reason) implements RestoreEvent {}

    record Warning(String fact) implements RestoreEvent {}
}
