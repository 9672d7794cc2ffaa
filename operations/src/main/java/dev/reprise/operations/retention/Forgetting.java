package dev.reprise.operations.retention;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Workers;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Carries out a plan: removes the snapshots it names, and nothing else.
public final class Forgetting {
    private final Repository repository;
    private final RepositoryLock lock;

    /// @param lock exclusive; checked before each snapshot is removed
    public Forgetting(Repository repository, RepositoryLock lock) {
        if (lock.kind() != RepositoryLock.Kind.EXCLUSIVE) {
            throw new IllegalArgumentException("snapshots are only removed under an exclusive lock");
        }
        this.repository = repository;
        this.lock = lock;
    }

    /// @return the snapshots that could not be removed, with the reason
    /// @throws dev.reprise.repository.model.RepositoryException when the lock is lost
    public Map<ObjectId, String> remove(ForgetPlan plan) {
        List<ObjectId> ids = new ArrayList<>(plan.remove());
        Map<ObjectId, String> failed = new TreeMap<>();
        Workers.run("removing snapshots", repository.storage().connections(), ids.size(), number -> {
            String reason = remove(ids.get(number));
            if (!reason.isEmpty()) {
                synchronized (failed) {
                    failed.put(ids.get(number), reason);
                }
            }
        });
        return failed;
    }

    private String remove(ObjectId id) {
        lock.ensureHeld();
        try {
            repository.storage().delete(ObjectKey.of(ObjectType.SNAPSHOT, id));
            return "";
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            return e.fact();
        }
    }
}
