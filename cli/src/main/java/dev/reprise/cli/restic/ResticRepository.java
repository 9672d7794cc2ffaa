package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An opened repository and the lock held on it. Closing releases both.
///
/// @param lock held, or announced where that is said; null if the user wants none
record ResticRepository(Repository repository, @Nullable RepositoryLock lock) implements AutoCloseable {
    /// Every snapshot, oldest first; those that cannot be read are warned of.
    List<StoredSnapshot> snapshots(ResticOutput output) {
        return repository.snapshots((id, reason) -> {
            output.warning("could not load snapshot " + id.shortHex() + ": " + reason.getMessage());
            if (reason instanceof RepriseException told && !told.hint().isEmpty()) {
                output.warning(told.hint());
            }
        });
    }

    /// The whole index.
    ///
    /// @throws FatalException if an index file cannot be read
    BlobIndex index() {
        return repository.loadIndex(ResticRepository::refuseDamagedIndex);
    }

    static void refuseDamagedIndex(ObjectId id, RuntimeException reason) {
        throw new FatalException("index %s cannot be read: %s; run \"repair index\" to mend it"
                .formatted(id.hex(), reason.getMessage()));
    }

    /// Returns when a lock that was only announced is held; does nothing without one.
    void awaitLock() {
        if (lock != null) {
            lock.ensureHeld();
        }
    }

    /// The lock, for verbs that write.
    RepositoryLock held() {
        RepositoryLock held = lock;
        if (held == null) {
            throw new IllegalStateException("a verb that writes was opened without a lock");
        }
        return held;
    }

    @Override
    public void close() {
        try (repository) {
            if (lock != null) {
                lock.close();
            }
        }
    }
}
