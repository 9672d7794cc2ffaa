package dev.reprise.operations.prune;

/// What becomes of a pack that an index names.
enum PruneAction {
    KEEP,
    /// Nobody needs any of it.
    REMOVE,
    /// Nobody needs any of it, but somebody may not know yet: the index lists it for deletion.
    MARK,
    /// What is needed is written again, then the pack is removed, or marked if there are two phases.
    REPACK,
    /// Is not there and not needed; the index forgets it.
    FORGET,
    /// Only marked for deletion, but it holds the only copy of something needed: taken back into the index.
    REVIVE,
    /// Marked for deletion not long ago: stays, and stays marked.
    KEEP_MARK,
    /// Marked for deletion long ago: removed with its mark.
    REMOVE_MARKED,
    /// Marked for deletion and gone: the mark is dropped.
    DROP_MARK;

    /// Whether index files that name the pack have to be written anew.
    boolean changesIndex() {
        return this != KEEP && this != KEEP_MARK;
    }
}
