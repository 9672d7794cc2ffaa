package dev.reprise.cli.stack;

import dev.reprise.cli.Output;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.StorageException;
import java.time.Duration;

/// The lock of a command that only reads. A repository that cannot be written (a read-only mount, a snapshot of a disk,
/// another user's) must still be readable on the day it is needed.
final class ReadLock {
    private ReadLock() {}

    /// One of the ways in which a repository is locked.
    interface Way {
        RepositoryLock lock(RepositoryLock.Kind kind, Duration patience);
    }

    static RepositoryLock of(Way repository, Duration patience, Output output) {
        try {
            return repository.lock(RepositoryLock.Kind.SHARED, patience);
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.DENIED) {
                throw e;
            }
            output.warning(
                    "the repository cannot be written, going on without a lock: " + e.fact(),
                    "make sure that nobody prunes it meanwhile");
            return new None();
        }
    }

    private static final class None implements RepositoryLock {
        @Override
        public Kind kind() {
            return Kind.SHARED;
        }

        @Override
        public void ensureHeld() {}

        @Override
        public void close() {}
    }
}
