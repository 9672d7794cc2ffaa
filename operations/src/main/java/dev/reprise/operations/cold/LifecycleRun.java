package dev.reprise.operations.cold;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.Workers;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.cold.LifecyclePlan.PackMove;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.classes.StorageClasses;
import dev.reprise.storage.classes.StorageClasses.Moved;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// Moves the packs of a plan, three requests each. Killed at any moment it leaves every pack
/// whole in one class or the other; planning anew goes on with the rest. Belongs to one thread.
public final class LifecycleRun {
    private final Storage storage;
    private final StorageClasses classes;
    private final RepositoryLock lock;
    private final Listener listener;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final Map<Moved, Long> outcomes = new EnumMap<>(Moved.class);

    /// Hears how far it is; called from several threads at a time.
    @FunctionalInterface
    public interface Listener {
        void moved(long packs, long bytes);
    }

    /// @param bytes that were moved
    /// @param kept  packs that Object Lock keeps: their old version would have stayed
    /// @param gone  packs that somebody removed meanwhile
    public record Result(long moved, long bytes, long already, long kept, long gone) {}

    /// @param lock held since before the plan was made, so that no prune removes what is being
    ///             moved
    public LifecycleRun(Storage storage, StorageClasses classes, RepositoryLock lock, Listener listener) {
        this.storage = storage;
        this.classes = classes;
        this.lock = lock;
        this.listener = listener;
    }

    /// Does exactly what the plan says.
    ///
    /// @param acceptOldVersions whether it may go on in a bucket that keeps the old version of
    ///                          each pack
    /// @throws OperationException if the bucket keeps old versions and that is not accepted
    /// @throws dev.reprise.storage.StorageException if the place fails or refuses; the rest stays
    /// where it is
    public Result run(LifecyclePlan plan, boolean acceptOldVersions) {
        Workers.run("moving packs", storage.connections(), plan.moves().size(), number -> {
            lock.ensureHeld();
            PackMove move = plan.moves().get(number);
            note(move, classes.move(key(move), plan.policy().storageClass(), acceptOldVersions));
        });
        return new Result(count(Moved.DONE), bytes.get(), count(Moved.ALREADY), count(Moved.KEPT), count(Moved.GONE));
    }

    private void note(PackMove move, Moved outcome) {
        if (outcome == Moved.VERSIONED) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "the bucket of %s keeps old versions: each moved pack would be paid for twice"
                            .formatted(storage.location()),
                    "have the bucket remove old versions and add --old-versions, or let the bucket's own rule move packs"
                            + " (docs/guide/cold-data.md)",
                    null);
        }
        synchronized (outcomes) {
            outcomes.merge(outcome, 1L, Long::sum);
        }
        long moved = outcome == Moved.DONE ? bytes.addAndGet(move.bytes()) : bytes.get();
        listener.moved(done.incrementAndGet(), moved);
    }

    private static ObjectKey key(PackMove move) {
        return ObjectKey.of(ObjectType.PACK, move.pack());
    }

    private long count(Moved outcome) {
        synchronized (outcomes) {
            return outcomes.getOrDefault(outcome, 0L);
        }
    }
}
