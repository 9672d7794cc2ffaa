package dev.reprise.operations.check;

/// Called from worker threads, possibly at the same time. Must return quickly and must not throw.
@FunctionalInterface
public interface CheckListener {
    CheckListener SILENT = _ -> {};

    void on(CheckEvent event);

    /// Everything a check reports.
    sealed interface CheckEvent {
        /// A phase begins: `index`, `packs`, `snapshots`, `data`.
        record Phase(String name, long of) implements CheckEvent {}

        record Progress(long done, long of, long bytes) implements CheckEvent {}

        /// Something is wrong. Names the object.
        record Defect(String fact) implements CheckEvent {}

        /// A file that cannot be restored whole, or a directory that cannot be restored at all. Comes after the
        /// defects that cause it, once for every tree it is in.
        ///
        /// @param path     absolute, as people read it
        /// @param snapshot short id of the first snapshot it was met in
        record Affected(String path, String snapshot) implements CheckEvent {}

        /// Harmless, worth knowing: unreferenced packs, duplicates, mixed packs.
        record Hint(String fact) implements CheckEvent {}
    }
}
