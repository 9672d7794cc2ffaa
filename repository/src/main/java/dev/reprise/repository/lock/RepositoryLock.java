package dev.reprise.repository.lock;

/// A lock that is held, or announced (see [Locks#announce]), and refreshed in the background until
/// closed.
public interface RepositoryLock extends AutoCloseable {
    enum Kind {
        /// Any number at a time: readers and writers that only add.
        SHARED,
        /// Alone: whoever deletes or replaces.
        EXCLUSIVE
    }

    Kind kind();

    /// For runs that change nothing, because their storage keeps nothing: always held.
    static RepositoryLock notNeeded() {
        return new RepositoryLock() {
            @Override
            public Kind kind() {
                return Kind.SHARED;
            }

            @Override
            public void ensureHeld() {}

            @Override
            public void close() {}
        };
    }

    /// Call before every step that others must not contradict (uploading a pack, writing a snapshot).
    ///
    /// The first call for a lock that was only announced waits until it is held, a fifth of a second
    /// after it was written; any number of threads may call meanwhile and wait with it.
    ///
    /// @throws dev.reprise.base.CancelledException if the thread was interrupted while it waited
    /// @throws dev.reprise.repository.model.RepositoryException if the lock could not be refreshed for 22.5 minutes
    /// or was removed, or if one that was announced is refused (exit status 11)
    void ensureHeld();

    /// Removes the lock; waits up to a minute for storage, also when the thread is interrupted.
    @Override
    void close();
}
