package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Secret;
import dev.reprise.operations.check.CheckListener;
import dev.reprise.operations.check.RepositoryCheck;
import dev.reprise.operations.copy.CopyListener;
import dev.reprise.operations.copy.CopyPlan;
import dev.reprise.operations.copy.SnapshotCopy;
import dev.reprise.operations.filter.PatternList;
import dev.reprise.operations.repair.IndexRepair;
import dev.reprise.operations.repair.PackSalvage;
import dev.reprise.operations.rewrite.PathRules;
import dev.reprise.operations.rewrite.Replacement;
import dev.reprise.operations.rewrite.SnapshotRewrite;
import dev.reprise.operations.rewrite.TreeRewriting;
import dev.reprise.operations.tag.TagChange;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A place that dies at the n-th change, for every n: what is left is whole, and the next run completes the work.
class KilledHistoryTest {
    private static final int MOST_CHANGES = 200;

    @TempDir
    private Path home;

    private HistoryFixture start;

    @BeforeEach
    void fill() throws IOException {
        start = HistoryFixture.filled(home);
    }

    @FunctionalInterface
    private interface Work {
        void run(Repository repository, RepositoryLock lock);
    }

    /// @param trees     the trees that must be restorable whenever it dies
    /// @param completed how many snapshots there are in the end
    private void dieAtEveryChange(Work work, Set<ObjectId> trees, int completed) {
        int changes = 0;
        boolean died = true;
        while (died) {
            changes++;
            assertThat(changes).isLessThan(MOST_CHANGES);
            HistoryFixture copy = start.copy("died-at-" + changes);
            died = !finishes(copy, work, changes);
            mustBeWhole(copy, trees, "died at change " + changes);
            if (died && changes % 4 == 1) {
                copy.restic.ok("unlock", "--remove-all");
                copy.mustBeClean();
            }
            assertThat(finishes(copy, work, MOST_CHANGES * 10)).isTrue();
            mustBeWhole(copy, trees, "completed after change " + changes);
            assertThat(copy.snapshots()).as("after dying at change " + changes).hasSize(completed);
        }
        assertThat(changes).as("changes it could die at").isGreaterThan(2);
    }

    /// @return false if the place died
    private static boolean finishes(HistoryFixture copy, Work work, int change) {
        var storage = new FaultyStorage(new LocalStorage(copy.repository), 1);
        try (Repository repository = Repository.open(
                storage, Secret.of(HistoryFixture.PASSWORD), new SecureRandom(), InstantSource.system())) {
            repository.locks().removeStale(true);
            RepositoryLock lock = repository.lock(RepositoryLock.Kind.EXCLUSIVE, Duration.ZERO);
            storage.on(Operation.COMMIT, Operation.DELETE).from(change).fail(StorageException.Kind.UNREACHABLE);
            try {
                work.run(repository, lock);
                storage.heal();
                lock.close();
                return true;
            } catch (RepriseException died) {
                storage.heal();
                lock.close();
                return false;
            }
        }
    }

    private static void mustBeWhole(HistoryFixture copy, Set<ObjectId> trees, String when) {
        try (Repository repository = copy.open()) {
            var result = new RepositoryCheck(repository, event -> {
                        if (event instanceof CheckListener.CheckEvent.Defect(String fact)) {
                            throw new AssertionError(when + ": " + fact);
                        }
                    })
                    .run(true, 1);
            assertThat(result.defects()).as(when).isZero();
            var index = repository.loadIndex((_, _) -> {});
            try (var reader = repository.reader(index)) {
                for (ObjectId tree : trees) {
                    assertThat(reader.read(BlobHandle.tree(tree))).as(when).isNotEmpty();
                }
            }
        }
    }

    private Set<ObjectId> trees() {
        Set<ObjectId> trees = new TreeSet<>();
        start.snapshots().forEach(stored -> trees.add(stored.snapshot().tree()));
        return trees;
    }

    private static List<StoredSnapshot> snapshots(Repository repository) {
        return repository.snapshots((id, reason) -> {
            throw new AssertionError("snapshot " + id, reason);
        });
    }

    @Test
    void tag() {
        dieAtEveryChange(
                (repository, lock) -> {
                    List<StoredSnapshot> all = snapshots(repository);
                    new TagChange(List.of(), List.of("new"), List.of())
                            .plan(all, all)
                            .forEach(replacement -> replacement.execute(repository, lock));
                },
                trees(),
                2);
    }

    @Test
    void rewrite() {
        dieAtEveryChange(
                (repository, lock) -> {
                    List<StoredSnapshot> all = snapshots(repository);
                    var rules = new PathRules(
                            List.of(PatternList.of(List.of("*.log"), false)), List.of(), (RawName _, Boolean _) -> {});
                    var change = new SnapshotRewrite.Change("", null, true, true, "rewrite", true, false);
                    var index = repository.loadIndex((_, _) -> {});
                    List<Replacement> plan;
                    try (var reader = repository.reader(index);
                            var writer = repository.writer(index, lock, WriterOptions.DEFAULT)) {
                        try (var session = writer.session()) {
                            var trees = new TreeRewriting(
                                    reader,
                                    tree -> session.save(BlobType.TREE, tree, 0, tree.length)
                                            .id(),
                                    rules);
                            plan = new SnapshotRewrite(trees, change, all).plan(all);
                        }
                        writer.finish();
                    }
                    plan.forEach(replacement -> replacement.execute(repository, lock));
                },
                trees(),
                2);
    }

    @Test
    void repair_index() throws IOException {
        for (ObjectId file : start.ids(ObjectType.INDEX)) {
            Files.delete(start.file(ObjectType.INDEX, file));
        }
        HistoryFixture damaged = start.copy("damaged");
        damaged.reprise.ok("repair", "index");
        // Until it has finished, blobs may be unknown as before; afterwards everything is there.
        for (int change = 1; change < 4; change++) {
            HistoryFixture copy = start.copy("index-" + change);
            Work work = (repository, lock) -> {
                var repair = new IndexRepair(repository, lock, _ -> {});
                repair.execute(repair.plan(true));
            };
            boolean finished = finishes(copy, work, change);
            assertThat(finishes(copy, work, MOST_CHANGES)).isTrue();
            mustBeWhole(copy, trees(), "died at change " + change + ", finished " + finished);
            copy.restic.ok("unlock", "--remove-all");
            copy.mustBeClean();
        }
    }

    @Test
    void repair_packs() {
        List<ObjectId> packs = start.ids(ObjectType.PACK);
        dieAtEveryChange(
                (repository, lock) -> {
                    var index = repository.loadIndex((_, _) -> {});
                    List<ObjectId> left = packs.stream()
                            .filter(pack -> repository.storage().size(ObjectKey.of(ObjectType.PACK, pack)) >= 0)
                            .toList();
                    var salvage = new PackSalvage(repository, lock, WriterOptions.DEFAULT, _ -> {});
                    salvage.execute(salvage.plan(left, index), index);
                },
                trees(),
                2);
    }

    @Test
    void copy() {
        HistoryFixture source = start.copy("source");
        start = HistoryFixture.create(home.resolve("empty"), 2);
        dieAtEveryChange(
                (repository, lock) -> {
                    try (Repository from = source.open()) {
                        CopyPlan plan = CopyPlan.of(snapshots(from), snapshots(repository));
                        new SnapshotCopy(
                                        from,
                                        from.loadIndex((_, _) -> {}),
                                        repository,
                                        repository.loadIndex((_, _) -> {}),
                                        lock,
                                        WriterOptions.DEFAULT,
                                        1,
                                        new Silent())
                                .copy(plan.missing());
                    }
                },
                Set.of(),
                2);
    }

    private static final class Silent implements CopyListener {
        @Override
        public void started(StoredSnapshot snapshot) {}

        @Override
        public void counted(long blobs, long bytes, long packs) {}

        @Override
        public void saved(StoredSnapshot snapshot, ObjectId copy) {}

        @Override
        public void pointCopied(String run) {}
    }
}
