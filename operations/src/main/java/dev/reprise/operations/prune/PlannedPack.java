package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;

/// A pack that is there, and what a plan makes of it.
///
/// @param bytes    its size
/// @param needed   bytes of it that are needed, its header included; 0 if no index names it
/// @param contents whether it holds nothing but contents of files
public record PlannedPack(ObjectId id, long bytes, long needed, boolean contents, Fate fate) {
    /// What becomes of it in the end, also if it waits for that first.
    public enum Fate {
        STAYS,
        /// What is needed of it is written again.
        REPACKED,
        REMOVED
    }
}
