package dev.reprise.operations.prune;

import static dev.reprise.operations.restore.SampleRepository.dir;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A prune that ends anywhere loses nothing, and the next one finishes the work.
class PruneInterruptionTest {
    private static final MemoryStorage history = new MemoryStorage();
    private static Set<ObjectId> snapshots;

    /// Packs that are wholly unused, partly used, wholly used and unreferenced; two index files to be
    /// replaced.
    @BeforeAll
    static void write() {
        try (var sample = new SampleRepository(history)) {
            var shared = sample.tree(sample.file("shared", "kept by the second", "and more of it"));
            ObjectId first = sample.snapshot(sample.tree(dir("a", shared), sample.file("one", "only in the first")));
            sample.finish();
            var _ = sample.snapshot(sample.tree(dir("a", shared), sample.file("two", "only in the second")));
            sample.finish();
            ObjectId third = sample.snapshot(sample.tree(sample.file("three", "in nothing else")));
            sample.finish();
            history.delete(ObjectKey.of(ObjectType.SNAPSHOT, first));
            history.delete(ObjectKey.of(ObjectType.SNAPSHOT, third));
        }
        byte[] leftOver = "from a backup that was killed".getBytes(StandardCharsets.UTF_8);
        history.write(ObjectKey.of(ObjectType.PACK, ObjectId.hash(leftOver)), leftOver);
        snapshots = PruneBench.ids(history, ObjectType.SNAPSHOT);
    }

    @Test
    void the_history_has_something_of_every_kind() {
        try (var repository = SampleRepository.openAlone(PruneBench.copy(history));
                PrunePlan plan = PruneBench.plan(repository, PruneBench.options())) {
            assertThat(plan.unreferenced()).hasSize(1);
            assertThat(plan.removed()).hasSize(2);
            assertThat(plan.repacked()).hasSize(2);
            assertThat(plan.stats().packs().keep()).isEqualTo(2);
        }
    }

    @Test
    void killed_at_any_call_of_the_storage_it_loses_nothing_and_can_be_repeated() {
        int calls = calls(PruneBench.options());
        assertThat(calls).isGreaterThan(30);
        for (int n = 1; n <= calls; n++) {
            MemoryStorage storage = PruneBench.copy(history);
            dieAt(n, storage, PruneBench.options());
            assertNothingLost("killed at call " + n, storage);
            pruneToTheEnd("after a kill at call " + n, storage);
        }
    }

    /// The first prune only marks; the one that deletes comes when the grace is over.
    @Test
    void two_phases_killed_at_any_call_lose_nothing_and_end_with_the_same_packs() {
        PruneOptions graceful = PruneBench.graceful();
        int calls = calls(graceful);
        int needed = neededPacks().size();
        for (int n = 1; n <= calls; n++) {
            String when = "killed at call " + n;
            MemoryStorage storage = PruneBench.copy(history);
            dieAt(n, storage, graceful);
            assertThat(PruneBench.ids(storage, ObjectType.PACK))
                    .as(when)
                    .containsAll(PruneBench.ids(history, ObjectType.PACK));
            assertNothingLost(when, storage);
            try (var repository = SampleRepository.openAlone(storage)) {
                var _ = PruneBench.prune(repository, graceful);
                assertNothingLost("marked after being " + when, storage);
                assertThat(PruneBench.marks(repository)).as(when).isNotEmpty();
                var _ = PruneBench.prune(repository, graceful, PruneBench.LATER);
                assertThat(PruneBench.marks(repository)).as(when).isEmpty();
            }
            assertThat(PruneBench.check(storage)).as(when).isEmpty();
            assertThat(PruneBench.ids(storage, ObjectType.PACK)).as(when).hasSize(needed);
        }
    }

    @Test
    void a_call_that_is_done_but_not_answered_is_no_better() {
        int calls = calls(PruneBench.options());
        for (int n = 1; n <= calls; n++) {
            MemoryStorage storage = PruneBench.copy(history);
            var faulty = new FaultyStorage(storage, n);
            faulty.on(Operation.values()).nth(n).failAfterwards(Kind.UNREACHABLE);
            pruneThrough(faulty, PruneBench.options());
            assertNothingLost("no answer to call " + n, storage);
            pruneToTheEnd("after no answer to call " + n, storage);
        }
    }

    @Test
    void a_lock_that_is_lost_ends_it_before_the_next_step() {
        for (int n = 1; ; n++) {
            MemoryStorage storage = PruneBench.copy(history);
            int limit = n;
            var checks = new AtomicInteger();
            boolean lost = false;
            try (var repository = SampleRepository.openAlone(storage)) {
                var _ = PruneBench.prune(repository, PruneBench.options(), new PruneBench.HeldForTest() {
                    @Override
                    public void ensureHeld() {
                        if (checks.incrementAndGet() >= limit) {
                            throw RepositoryException.lockLost("the lock is gone");
                        }
                    }
                });
            } catch (RepositoryException e) {
                lost = true;
                assertThat(e.fact()).contains("the lock is gone");
            }
            assertNothingLost("lock lost at step " + n, storage);
            if (!lost) {
                assertThat(n).isGreaterThan(8);
                return;
            }
        }
    }

    /// Deleting before writing may lose the index, but no pack: an index made anew from the packs has
    /// everything.
    @Test
    void recovering_space_deletes_no_needed_pack_wherever_it_ends() {
        var options = recovering();
        Set<ObjectId> needed = neededPacks();
        int calls = calls(options);
        for (int n = 1; n <= calls; n++) {
            MemoryStorage storage = PruneBench.copy(history);
            dieAt(n, storage, options);
            assertThat(PruneBench.ids(storage, ObjectType.PACK))
                    .as("killed at call " + n)
                    .containsAll(needed);
        }
        MemoryStorage storage = PruneBench.copy(history);
        try (var repository = SampleRepository.openAlone(storage)) {
            var _ = PruneBench.prune(repository, options);
        }
        assertThat(PruneBench.check(storage)).isEmpty();
        assertThat(PruneBench.ids(storage, ObjectType.PACK)).isEqualTo(needed);
    }

    private static PruneOptions recovering() {
        PruneOptions standard = PruneBench.options();
        return new PruneOptions(
                standard.maxUnused(),
                standard.maxRepackBytes(),
                0,
                false,
                false,
                true,
                false,
                standard.markAge(),
                false,
                standard.memory(),
                standard.temporary());
    }

    private static Set<ObjectId> neededPacks() {
        try (var repository = SampleRepository.openAlone(PruneBench.copy(history));
                PrunePlan plan = PruneBench.plan(repository, PruneBench.options())) {
            Set<ObjectId> needed = PruneBench.ids(history, ObjectType.PACK);
            plan.unreferenced().forEach(needed::remove);
            plan.removed().forEach(needed::remove);
            return needed;
        }
    }

    private static int calls(PruneOptions options) {
        var faulty = new FaultyStorage(PruneBench.copy(history), 1);
        pruneThrough(faulty, options);
        return faulty.history().size();
    }

    private static void dieAt(int n, MemoryStorage storage, PruneOptions options) {
        var faulty = new FaultyStorage(storage, n);
        faulty.on(Operation.values()).from(n).fail(Kind.UNREACHABLE);
        pruneThrough(faulty, options);
    }

    /// Opens the repository, which takes calls too, and prunes until it ends or dies.
    private static void pruneThrough(FaultyStorage faulty, PruneOptions options) {
        try (var repository = SampleRepository.openAlone(faulty)) {
            var _ = PruneBench.prune(repository, options);
        } catch (RepriseException died) {
            assertThat(died.fact()).isNotEmpty();
        }
    }

    private static void assertNothingLost(String when, MemoryStorage storage) {
        assertThat(PruneBench.check(storage).stream().filter(said -> said.startsWith("defect")))
                .as(when)
                .isEmpty();
        assertThat(PruneBench.ids(storage, ObjectType.SNAPSHOT)).as(when).isEqualTo(snapshots);
    }

    private static void pruneToTheEnd(String when, MemoryStorage storage) {
        try (var repository = SampleRepository.openAlone(storage)) {
            assertThat(PruneBench.prune(repository, PruneBench.options()).warnings)
                    .as(when)
                    .isEmpty();
            try (PrunePlan again = PruneBench.plan(repository, PruneBench.options())) {
                assertThat(again.stats().bytes().removeTotal()).as(when).isZero();
                assertThat(again.stats().packs().repack()).as(when).isZero();
            }
        }
        assertThat(PruneBench.check(storage)).as(when).isEmpty();
    }
}
