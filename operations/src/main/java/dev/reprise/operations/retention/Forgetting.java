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
import java.util.Set;
import java.util.TreeMap;

/// Carries out a plan: removes the snapshots, or the manifests of points, that it names, and nothing else.
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
        return remove(ObjectType.SNAPSHOT, plan.remove());
    }

    /// Of points the snapshots go first: a manifest alone does no harm, snapshots without one would stay for ever.
    ///
    /// @return as above
    public Map<ObjectId, String> remove(RemovalPlan plan) {
        return remove(ObjectType.SNAPSHOT, plan.snapshots());
    }

    /// When all else is removed.
    ///
    /// @return the manifests that could not be removed, with the reason
    public Map<ObjectId, String> removeManifests(RemovalPlan plan) {
        return remove(ObjectType.POINT, plan.manifests());
    }

    private Map<ObjectId, String> remove(ObjectType type, Set<ObjectId> named) {
        List<ObjectId> ids = new ArrayList<>(named);
        Map<ObjectId, String> failed = new TreeMap<>();
        Workers.run("removing", repository.storage().connections(), ids.size(), number -> {
            String reason = remove(ObjectKey.of(type, ids.get(number)));
            if (!reason.isEmpty()) {
                synchronized (failed) {
                    failed.put(ids.get(number), reason);
                }
            }
        });
        return failed;
    }

    private String remove(ObjectKey key) {
        lock.ensureHeld();
        try {
            repository.storage().delete(key);
            return "";
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            return e.fact();
        }
    }
}
