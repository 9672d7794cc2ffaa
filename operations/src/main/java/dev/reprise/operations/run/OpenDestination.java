package dev.reprise.operations.run;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.check.Presence;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.time.Duration;
import java.util.List;

/// A destination that is locked and whose index is known.
///
/// @param snapshots listed before the index was loaded
record OpenDestination(Destination destination, RepositoryLock lock, List<StoredSnapshot> snapshots, BlobIndex index)
        implements AutoCloseable {
    /// @param patience how long to wait for a conflicting lock
    static OpenDestination open(Destination destination, Duration patience) {
        Repository repository = destination.repository();
        RepositoryLock lock = repository.lockToLoadIndex(RepositoryLock.Kind.SHARED, patience);
        boolean opened = false;
        try {
            List<StoredSnapshot> snapshots = repository.snapshots((_, _) -> {});
            BlobIndex index = repository.loadIndex(OpenDestination::refuse);
            Presence.requirePacks(repository, index);
            opened = true;
            return new OpenDestination(destination, lock, snapshots, index);
        } finally {
            if (!opened) {
                lock.close();
            }
        }
    }

    private static void refuse(ObjectId index, RuntimeException reason) {
        throw RepositoryException.refused(
                reason.getMessage() + "; a backup would save again what it names",
                "run \"restic repair index\", which makes it anew from the packs; restores work meanwhile");
    }

    String name() {
        return destination.name();
    }

    Repository repository() {
        return destination.repository();
    }

    /// Lets the lock go; the repository stays the caller's.
    @Override
    public void close() {
        lock.close();
    }
}
