package dev.reprise.operations.prune;

/// What becomes of a pack that an index names.
enum PruneAction {
    KEEP,
    /// Nobody needs any of it.
    REMOVE,
    /// What is needed is written again, then the pack is removed.
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

    /// Whether the pack's file is removed at the end.
    boolean removesPack() {
        return this == REMOVE || this == REPACK || this == REMOVE_MARKED;
    }

    /// Whether index files that name the pack have to be written anew.
    boolean changesIndex() {
        return this != KEEP && this != KEEP_MARK;
    }
}
