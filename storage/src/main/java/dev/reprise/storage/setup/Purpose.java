package dev.reprise.storage.setup;

/// What credentials are for. Each has the fewest rights that suffice.
public enum Purpose {
    /// Adds, and removes nothing but what its own runs leave while they last: locks, and what tells of a run that was
    /// broken off.
    BACKUP,
    /// Reads. A restore by such credentials takes no lock.
    RESTORE,
    /// Also removes whatever is there.
    PRUNE
}
