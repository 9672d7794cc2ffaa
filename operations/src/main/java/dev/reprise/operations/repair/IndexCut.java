package dev.reprise.operations.repair;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.IndexEdit;
import dev.reprise.repository.index.IndexEdit.Remainder;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;

/// Takes packs out of index files. What else the files say stays, also what only other programs understand.
final class IndexCut {
    private final Repository repository;
    private final RepositoryLock lock;

    IndexCut(Repository repository, RepositoryLock lock) {
        this.repository = repository;
        this.lock = lock;
    }

    /// Saves the rest of each file that names such a pack.
    ///
    /// @param files    to look into; all decode
    /// @param unwanted packs to take out of the lists of packs
    /// @param unmarked packs to take out of rustic's lists of packs that wait for their deletion
    /// @return the files whose rest was saved, or of which nothing is left: to be removed with [#remove]
    List<ObjectId> save(List<ObjectId> files, Predicate<ObjectId> unwanted, Predicate<ObjectId> unmarked) {
        List<ObjectId> replaced = new ArrayList<>();
        for (ObjectId file : files) {
            byte[] json = repository.unpacked().load(ObjectType.INDEX, file);
            Remainder rest = IndexEdit.without(json, unwanted, unmarked);
            if (rest == null) {
                continue;
            }
            byte[] left = rest.json();
            if (left != null) {
                lock.ensureHeld();
                repository.unpacked().save(ObjectType.INDEX, left);
            }
            replaced.add(file);
        }
        return replaced;
    }

    void remove(Collection<ObjectId> files) {
        for (ObjectId file : files) {
            lock.ensureHeld();
            repository.storage().delete(ObjectKey.of(ObjectType.INDEX, file));
        }
    }
}
