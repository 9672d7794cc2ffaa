package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotCodec;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;

/// What backups that were broken off had finished. The documents look like snapshots and lie beside them, where stock
/// restic does not look: it neither shows them nor lets them count in retention, and its prune may remove what only
/// they name. So everything is taken from them only as far as the index still has it.
public final class PartialSnapshots {
    private final Repository repository;

    public PartialSnapshots(Repository repository) {
        this.repository = repository;
    }

    /// Those of one host and exactly these paths whose tree is still there, oldest first. One that cannot be read is
    /// left out: it only saves work.
    ///
    /// @param paths absolute
    public List<StoredSnapshot> of(String host, List<String> paths, BlobIndex index) {
        var found = new ArrayList<StoredSnapshot>();
        for (ObjectId id : ids()) {
            try {
                Snapshot partial = SnapshotCodec.decode(repository.unpacked().load(ObjectType.PARTIAL, id));
                boolean fits = partial.hostname().equals(host)
                        && new HashSet<>(partial.paths()).equals(new HashSet<>(paths))
                        && index.contains(BlobHandle.tree(partial.tree()));
                if (fits) {
                    found.add(new StoredSnapshot(id, partial));
                }
            } catch (RepositoryException | StorageException | IllegalArgumentException unreadable) {
                // Work is done again, nothing is lost.
            }
        }
        found.sort(Comparator.comparing(stored -> stored.snapshot().time().toInstant()));
        return found;
    }

    /// None where that cannot be listed.
    private List<ObjectId> ids() {
        var ids = new ArrayList<ObjectId>();
        try {
            repository
                    .storage()
                    .list(
                            ObjectType.PARTIAL,
                            object -> ids.add(ObjectId.parse(object.key().name())));
        } catch (StorageException unreadable) {
            return List.of();
        }
        return ids;
    }

    /// Everything the tree needs must be durable before.
    ObjectId save(Snapshot partial) {
        return repository.unpacked().save(ObjectType.PARTIAL, SnapshotCodec.encode(partial));
    }

    /// No exclusive lock is needed: nobody but backups reads these, and the blobs stay. One that is already gone is no
    /// error.
    void remove(ObjectId id) {
        repository.storage().delete(ObjectKey.of(ObjectType.PARTIAL, id));
    }
}
