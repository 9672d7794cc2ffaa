package dev.reprise.operations.prune;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Workers;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.sorting.ByteSpool;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Carries out a plan, in an order that leaves a whole repository wherever it is cut short (repository
/// format, section 10.2); another prune then goes on. Belongs to one thread.
public final class Pruning {
    /// No object has this name.
    private static final ObjectId NOBODYS =
            ObjectId.hash("reprise: may anything be deleted here?".getBytes(StandardCharsets.UTF_8));

    private final Repository repository;
    private final RepositoryLock lock;
    private final WriterOptions writing;
    private final PruneListener listener;
    private final IndexDocuments documents;
    private final InstantSource clock;

    /// @param lock    exclusive, and held since before the plan was made; checked before each
    ///     destructive step
    /// @param writing how blobs are written that have to be packed again
    /// @param clock   tells when packs are marked
    public Pruning(
            Repository repository,
            RepositoryLock lock,
            WriterOptions writing,
            PruneListener listener,
            InstantSource clock) {
        if (lock.kind() != RepositoryLock.Kind.EXCLUSIVE) {
            throw new IllegalArgumentException("a repository is only pruned under an exclusive lock");
        }
        this.repository = repository;
        this.lock = lock;
        this.writing = writing;
        this.listener = listener;
        this.documents = repository.indexDocuments();
        this.clock = clock;
    }

    /// Does exactly what the plan says, to the index files it was made from. Packs that cannot be
    /// deleted are warned of: nothing names them any more, and the next prune removes them. Packs
    /// stay that a program without lock has named in the index meanwhile.
    ///
    /// @throws RepriseException if anything else fails, or an index file was replaced meanwhile;
    ///     what is needed is all there then
    public void run(PrunePlan plan) {
        ensureAllowed(plan);
        var watch = new IndexWatch(documents, plan.indexFiles());
        watch.ensureUnchanged();
        if (!plan.unreferenced().isEmpty() && !plan.options().twoPhase()) {
            listener.phase("deleting unreferenced packs");
            deletePacks(unnamed(plan.unreferenced(), watch));
        }
        if (!plan.repacked().isEmpty()) {
            listener.phase("repacking packs");
            watch.addSaved(new Repacking(repository, lock, plan, writing).run());
        }
        if (plan.options().recoverSpace()) {
            recoverSpace(plan, watch);
        } else if (plan.changesIndex()) {
            rewriteIndex(plan, watch);
        }
        listener.phase("done");
    }

    /// Where nothing may be deleted, a prune would only add: packs packed again and a second
    /// index, every time. So a name that nobody has is tried first.
    private void ensureAllowed(PrunePlan plan) {
        boolean deletes = plan.changesIndex()
                || !plan.unreferenced().isEmpty()
                || !plan.repacked().isEmpty();
        if (!deletes) {
            return;
        }
        for (ObjectType type : List.of(ObjectType.INDEX, ObjectType.PACK)) {
            try {
                repository.storage().delete(ObjectKey.of(type, NOBODYS));
            } catch (StorageException e) {
                if (e.kind() == StorageException.Kind.DENIED) {
                    throw new OperationException(
                            ExitStatus.FAILED,
                            "nothing was pruned: nothing may be deleted there: " + e.fact(),
                            "prune with credentials that may delete, or on the server itself; until then every byte stays",
                            e);
                }
                throw e;
            }
        }
    }

    private void rewriteIndex(PrunePlan plan, IndexWatch watch) {
        listener.phase("rebuilding index");
        IndexRewriting rewriting = rewriting(plan);
        List<ObjectId> saved = new ArrayList<>();
        List<ObjectId> obsolete = rewritten(rewriting, watch, json -> saved.add(documents.save(json)));
        watch.addSaved(saved);
        deleteIndexFiles(obsolete, watch);
        deleteOldPacks(unnamed(oldPacks(plan, rewriting), watch));
    }

    private static List<ObjectId> rewritten(IndexRewriting rewriting, IndexWatch watch, Consumer<byte[]> save) {
        try {
            return rewriting.run(watch.known(), save);
        } catch (RepositoryException e) {
            // A file that is gone is not damage.
            watch.ensureUnchanged();
            throw e;
        }
    }

    private IndexRewriting rewriting(PrunePlan plan) {
        return new IndexRewriting(repository, lock, plan, clock.instant());
    }

    /// For a place that is so full that not even an index can be written: the new index waits in a
    /// temporary file until there is room. Cut short in between, the index has to be made anew from the
    /// packs.
    private void recoverSpace(PrunePlan plan, IndexWatch watch) {
        try (var waiting = new ByteSpool(plan.options().temporary())) {
            listener.phase("deleting index files");
            IndexRewriting rewriting = rewriting(plan);
            List<ObjectId> obsolete = rewritten(rewriting, watch, waiting::add);
            // Asked now: what fails between the two deletions costs the index.
            List<ObjectId> packs = unnamed(oldPacks(plan, rewriting), watch);
            deleteIndexFiles(obsolete, watch);
            deleteOldPacks(packs);
            listener.phase("rebuilding index");
            waiting.forEach(json -> {
                lock.ensureHeld();
                var _ = documents.save(json);
            });
        }
    }

    private static List<ObjectId> oldPacks(PrunePlan plan, IndexRewriting rewriting) {
        List<ObjectId> packs = new ArrayList<>();
        for (int pack = 0; pack < plan.table().size(); pack++) {
            if (plan.removesPack(pack) && plan.accounts().isListed(pack) && !rewriting.keeps(pack)) {
                packs.add(plan.table().id(pack));
            }
        }
        return packs;
    }

    private void deleteOldPacks(List<ObjectId> packs) {
        if (!packs.isEmpty()) {
            listener.phase("removing " + packs.size() + " old packs");
            deletePacks(packs);
        }
    }

    private List<ObjectId> unnamed(List<ObjectId> planned, IndexWatch watch) {
        List<ObjectId> packs = watch.unnamed(planned);
        if (packs.size() < planned.size()) {
            listener.warning((planned.size() - packs.size())
                    + " packs stay: a program that takes no locks has named them in the index meanwhile");
        }
        return packs;
    }

    private void deletePacks(List<ObjectId> packs) {
        Workers.run("deleting packs", repository.storage().connections(), packs.size(), number -> {
            ObjectId pack = packs.get(number);
            lock.ensureHeld();
            try {
                delete(ObjectType.PACK, pack);
            } catch (CancelledException e) {
                throw e;
            } catch (RepriseException e) {
                listener.warning("unable to remove pack " + pack.hex() + " from the repository: " + e.fact());
            }
        });
    }

    /// An old index file that stayed would name packs that are about to go, so a failure ends the
    /// prune.
    private void deleteIndexFiles(List<ObjectId> files, IndexWatch watch) {
        watch.ensureUnchanged();
        Workers.run("deleting index files", repository.storage().connections(), files.size(), number -> {
            lock.ensureHeld();
            delete(ObjectType.INDEX, files.get(number));
        });
        watch.removeDeleted(files);
    }

    private void delete(ObjectType type, ObjectId id) {
        repository.storage().delete(ObjectKey.of(type, id));
        listener.removed(type, id);
    }
}
