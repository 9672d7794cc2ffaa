package dev.reprise.operations.repair;

import dev.reprise.base.ObjectId;

/// Told what a repair finds and does. Called from worker threads, possibly at the same time; must not throw.
@FunctionalInterface
public interface RepairListener {
    void on(RepairEvent event);

    /// Everything a repair reports.
    sealed interface RepairEvent {
        /// An index file does not decode; it is removed when the new index is complete.
        record IndexDamaged(ObjectId file, String reason) implements RepairEvent {}

        /// No index names the pack; its header is read.
        record PackUnknown(ObjectId pack) implements RepairEvent {}

        /// The index does not fit the pack; its header is read.
        ///
        /// @param reason as "1200 bytes instead of 1300"
        record PackMisdescribed(ObjectId pack, String reason) implements RepairEvent {}

        /// The index names a pack that does not exist; it is forgotten.
        record PackGone(ObjectId pack) implements RepairEvent {}

        /// The header cannot be read.
        ///
        /// @param kept whether the index goes on saying of it what it said; else the pack stays unknown
        record PackUnreadable(ObjectId pack, String reason, boolean kept) implements RepairEvent {}

        /// A blob of a damaged pack cannot be read, there or elsewhere.
        record BlobLost(ObjectId pack, String blob, String reason) implements RepairEvent {}

        /// A remark about one snapshot or path, for people.
        record Remark(String text) implements RepairEvent {}
    }
}
