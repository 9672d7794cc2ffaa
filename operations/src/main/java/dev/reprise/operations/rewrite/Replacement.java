package dev.reprise.operations.rewrite;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to become of one snapshot: a plan, and how it is carried out.
///
/// @param old       as it is stored
/// @param successor what it becomes; null if nothing of it is left
/// @param stored    id of a snapshot that equals the successor and is already there, left by a run that was killed
///                  before it removed the old one; null if the successor has to be saved
/// @param removeOld whether the old snapshot is removed once the successor is durable
public record Replacement(
        StoredSnapshot old,
        @Nullable Snapshot successor,
        @Nullable ObjectId stored,
        boolean removeOld) {

    /// Replaces `old` by `successor`. A snapshot that equals the successor is taken for it.
    ///
    /// @param present every snapshot of the repository
    public static Replacement of(StoredSnapshot old, Snapshot successor, List<StoredSnapshot> present) {
        for (StoredSnapshot other : present) {
            if (!other.id().equals(old.id()) && other.snapshot().equals(successor)) {
                return new Replacement(old, successor, other.id(), true);
            }
        }
        return new Replacement(old, successor, null, true);
    }

    /// Saves `successor` beside `old`.
    public static Replacement beside(StoredSnapshot old, Snapshot successor) {
        return new Replacement(old, successor, null, false);
    }

    /// Removes `old` for good.
    public static Replacement removal(StoredSnapshot old) {
        return new Replacement(old, null, null, true);
    }

    /// Whether the successor holds what the old snapshot holds.
    public boolean keepsTree() {
        return successor != null && successor.tree().equals(old.snapshot().tree());
    }

    /// Saves the successor, then removes the old snapshot if that is planned. Everything the successor names must be
    /// durable before. Killed in between, both are there.
    ///
    /// @param lock exclusive if an old snapshot is to be removed
    /// @return id of the successor; null if there is none
    public @Nullable ObjectId execute(Repository repository, RepositoryLock lock) {
        lock.ensureHeld();
        ObjectId saved = stored;
        if (saved == null && successor != null) {
            saved = repository.save(successor);
        }
        if (removeOld) {
            lock.ensureHeld();
            repository.storage().delete(ObjectKey.of(ObjectType.SNAPSHOT, old.id()));
        }
        return saved;
    }
}
