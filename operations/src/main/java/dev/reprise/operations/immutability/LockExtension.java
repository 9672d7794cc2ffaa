package dev.reprise.operations.immutability;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Workers;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.immutability.Immutability;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Carries out a plan: keeps for longer what it names, and nothing else. Broken off, the next
/// plan names what is left.
public final class LockExtension {
    /// So many failures in a row are no accident, and each costs a request.
    private static final int MOST_FAILURES = 20;

    private final Repository repository;
    private final Immutability place;
    private final RepositoryLock lock;
    private final LockSurvey.Listener listener;

    public LockExtension(Repository repository, Immutability place, RepositoryLock lock, LockSurvey.Listener listener) {
        this.repository = repository;
        this.place = place;
        this.lock = lock;
        this.listener = listener;
    }

    /// @param extended objects that are kept for longer now
    /// @param failed   reasons by the object's path
    /// @param untried  objects that were left out because too many before them had failed
    public record Result(int extended, Map<String, String> failed, int untried) {
        public boolean isComplete() {
            return failed.isEmpty() && untried == 0;
        }
    }

    /// @throws dev.reprise.repository.model.RepositoryException when the lock is lost
    public Result run(LockPlan plan) {
        var extended = new AtomicInteger();
        var inARow = new AtomicInteger();
        Map<String, String> failed = new TreeMap<>();
        Workers.run("keeping objects", repository.storage().connections(), plan.size(), number -> {
            if (inARow.get() >= MOST_FAILURES) {
                return;
            }
            ObjectKey key = plan.step(number).key();
            lock.ensureHeld();
            try {
                place.retainUntil(key, plan.until());
                plan.done(number);
                inARow.set(0);
                listener.progress("keeping objects", extended.incrementAndGet(), plan.size());
            } catch (CancelledException e) {
                throw e;
            } catch (RepriseException e) {
                inARow.incrementAndGet();
                synchronized (failed) {
                    failed.put(key.path(), e.fact());
                }
            }
        });
        return new Result(extended.get(), failed, plan.size() - extended.get() - failed.size());
    }
}
