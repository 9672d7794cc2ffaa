package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.util.ArrayList;
import java.util.List;

/// Looks at what nothing else names: keys, and what Reprise remembers beside the snapshots.
/// A lock that cannot be read is named by whoever wants a lock himself.
final class SmallObjects {
    private final Repository repository;
    private final Findings findings;

    SmallObjects(Repository repository, Findings findings) {
        this.repository = repository;
        this.findings = findings;
    }

    /// @return keys that open nothing any more
    List<ObjectId> run() {
        List<ObjectId> keys = new ArrayList<>();
        repository.keyring().list((id, reason) -> {
            keys.add(id);
            findings.defect("key %s is damaged: %s".formatted(id.hex(), reason));
        });
        memories(ObjectType.READINGS, "packs it names count as never read");
        memories(ObjectType.PARTIAL, "a backup that was broken off reads its files again");
        return List.copyOf(keys);
    }

    /// What is lost with these costs only work.
    private void memories(ObjectType type, String cost) {
        List<ObjectId> found = new ArrayList<>();
        repository
                .storage()
                .list(type, object -> found.add(ObjectId.parse(object.key().name())));
        for (ObjectId id : found) {
            try {
                repository.unpacked().load(type, id);
            } catch (RepositoryException e) {
                if (repository.storage().size(ObjectKey.of(type, id)) < 0) {
                    continue; // another check or backup has replaced it
                }
                findings.hint("%s/%s is of no use, %s: %s".formatted(type.folder(), id.hex(), cost, e.fact()));
            }
        }
    }
}
