package dev.reprise.compat.campaign;

/// What a command does to the set of snapshots.
sealed interface Change {
    record Add(Saved saved) implements Change {}

    record Remove(Saved saved) implements Change {}

    /// The new one is written before the old one is deleted.
    record Replace(Saved old, Saved replacement) implements Change {}
}
