package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.StorageException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The partial snapshot of one run over one set of files: at most one at a time, none in the end. Safe for many
/// threads.
public final class PartialProgress {
    private final PartialSnapshots stored;
    private final RepositoryLock lock;
    private final Consumer<String> warning;
    private @Nullable ObjectId last;

    /// @param lock    held for the whole run
    /// @param warning is told what could not be removed
    public PartialProgress(Repository repository, RepositoryLock lock, Consumer<String> warning) {
        this.stored = new PartialSnapshots(repository);
        this.lock = lock;
        this.warning = warning;
    }

    /// The new one is there before the old one goes.
    ///
    /// @param soFar what is finished; everything it needs is durable
    public synchronized void save(Supplier<Snapshot> soFar) {
        lock.ensureHeld();
        ObjectId fresh = stored.save(soFar.get());
        ObjectId old = last;
        last = fresh;
        if (old != null) {
            stored.remove(old);
        }
    }

    /// The snapshot is written; what cannot be removed now is removed after the next one.
    ///
    /// @param begun what the run continued, and older ones
    public synchronized void remove(List<StoredSnapshot> begun) {
        try {
            for (StoredSnapshot partial : begun) {
                stored.remove(partial.id());
            }
            if (last != null) {
                stored.remove(last);
            }
        } catch (StorageException e) {
            warning.accept("a partial snapshot could not be removed: " + e.fact());
        }
    }
}
