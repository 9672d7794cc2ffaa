package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The partial snapshot of one run over one set of files: at most one at a time, none in the end. Safe for many
/// threads.
public final class PartialProgress {
    private final PartialSnapshots stored;
    private final RepositoryLock lock;
    private final Consumer<String> warning;
    private final Set<ObjectId> written = new LinkedHashSet<>();

    /// @param lock    held for the whole run
    /// @param warning is told what could not be removed
    public PartialProgress(Repository repository, RepositoryLock lock, Consumer<String> warning) {
        this.stored = new PartialSnapshots(repository);
        this.lock = lock;
        this.warning = warning;
    }

    /// The new one is there before the old ones go.
    ///
    /// @param soFar what is finished; everything it needs is durable
    public synchronized void save(Supplier<Snapshot> soFar) {
        lock.ensureHeld();
        ObjectId fresh = stored.save(soFar.get());
        List<ObjectId> old = List.copyOf(written);
        written.add(fresh);
        removeAll(old);
    }

    /// The snapshot is written, so nothing that goes wrong here is a failure: what cannot be removed now is removed
    /// after the next one.
    ///
    /// @param begun what the run continued, and older ones
    public synchronized void remove(List<StoredSnapshot> begun) {
        removeAll(begun.stream().map(StoredSnapshot::id).toList());
        removeAll(List.copyOf(written));
    }

    private void removeAll(List<ObjectId> partials) {
        try {
            for (ObjectId partial : partials) {
                stored.remove(partial);
                written.remove(partial);
            }
        } catch (RepriseException e) { // also when cancelled: the thread stays interrupted, and others notice
            warning.accept("a partial snapshot could not be removed: " + e.fact());
        }
    }
}
