package dev.reprise.operations.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.repair.IndexRepair;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.MarkedPack;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Packs are marked first and deleted when the grace is over. No lock file is taken here, so every writer of
/// these tests is one that ignores locks.
class TwoPhasePruneTest {
    private final MemoryStorage storage = new MemoryStorage();
    private SampleRepository sample;
    private ObjectId first;
    private ObjectId firstPack;

    /// Two snapshots with packs of their own, the first of which is forgotten.
    @BeforeEach
    void create() {
        sample = new SampleRepository(storage);
        first = sample.snapshot(sample.tree(sample.file("one", "first")));
        sample.finish();
        firstPack = packOf("first");
        sample.snapshot(sample.tree(sample.file("two", "second")));
        sample.finish();
    }

    @AfterEach
    void close() {
        sample.close();
    }

    private ObjectId packOf(String text) {
        var blob = BlobHandle.data(ObjectId.hash(text.getBytes(StandardCharsets.UTF_8)));
        return sample.index.find(blob).getFirst().pack();
    }

    private Set<ObjectId> packs() {
        return PruneBench.ids(storage, ObjectType.PACK);
    }

    private Set<ObjectId> marks() {
        return PruneBench.marks(sample.repository);
    }

    private void forget(ObjectId snapshot) {
        storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, snapshot));
    }

    private List<String> defects() {
        return PruneBench.check(storage).stream()
                .filter(said -> said.startsWith("defect"))
                .toList();
    }

    @Test
    void packs_that_nobody_needs_are_marked_with_all_they_hold_and_stay() {
        forget(first);
        Set<ObjectId> before = packs();

        PruneBench.prune(sample.repository, PruneBench.graceful());

        assertThat(packs()).isEqualTo(before);
        assertThat(marks()).hasSize(2).contains(firstPack);
        MarkedPack mark = markOf(firstPack);
        assertThat(mark.time()).isEqualTo("2024-05-02T00:00:00Z");
        assertThat(mark.size()).isEqualTo(storage.size(ObjectKey.of(ObjectType.PACK, firstPack)));
        assertThat(mark.entries().size()).isEqualTo(1);
        sample.reload();
        assertThat(sample.index.find(BlobHandle.data(ObjectId.hash("first".getBytes(StandardCharsets.UTF_8)))))
                .isEmpty();
        assertThat(defects()).isEmpty();
    }

    private MarkedPack markOf(ObjectId pack) {
        IndexDocuments documents = sample.repository.indexDocuments();
        return documents.files().stream()
                .map(documents::load)
                .map(IndexDocument::marked)
                .flatMap(List::stream)
                .filter(mark -> mark.pack().equals(pack))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void they_are_deleted_when_the_grace_is_over_and_not_before() {
        forget(first);
        PruneBench.prune(sample.repository, PruneBench.graceful());

        PruneBench.prune(sample.repository, PruneBench.graceful());
        assertThat(packs()).contains(firstPack);
        PruneBench.prune(sample.repository, PruneBench.graceful(), PruneBench.LATER);

        assertThat(packs()).doesNotContain(firstPack).hasSize(2);
        assertThat(marks()).isEmpty();
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void a_prune_in_one_phase_honours_the_marks_as_well() {
        forget(first);
        PruneBench.prune(sample.repository, PruneBench.graceful());

        PruneBench.prune(sample.repository, PruneBench.options());
        assertThat(packs()).contains(firstPack);
        PruneBench.prune(sample.repository, PruneBench.options(), PruneBench.LATER);

        assertThat(packs()).doesNotContain(firstPack);
    }

    @Test
    void packs_that_were_packed_again_are_marked_too() {
        ObjectId whole = sample.snapshot(sample.tree(sample.file("f", "kept"), sample.file("g", "left behind")));
        sample.snapshot(sample.tree(sample.file("f", "kept")));
        sample.finish();
        ObjectId old = packOf("kept");
        forget(whole);

        PruneBench.prune(sample.repository, PruneBench.graceful().withMaxUnused(new PruneOptions.MaxUnused.Bytes(0)));

        assertThat(packs()).contains(old);
        assertThat(marks()).contains(old);
        sample.reload();
        assertThat(packOf("kept")).isNotEqualTo(old);
        assertThat(defects()).isEmpty();
    }

    @Test
    void a_pack_that_no_index_names_is_marked_without_being_read() {
        byte[] leftOver = "not even a pack".getBytes(StandardCharsets.UTF_8);
        ObjectId unreferenced = ObjectId.hash(leftOver);
        storage.write(ObjectKey.of(ObjectType.PACK, unreferenced), leftOver);

        PruneBench.prune(sample.repository, PruneBench.graceful());
        assertThat(packs()).contains(unreferenced);
        assertThat(marks()).containsExactly(unreferenced);
        PruneBench.prune(sample.repository, PruneBench.graceful(), PruneBench.LATER);

        assertThat(packs()).doesNotContain(unreferenced);
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    /// Only the mark says what lies in such a pack: with it, a prune that needs the pack takes it back.
    @Test
    void the_mark_of_a_pack_with_a_damaged_header_survives_a_repair_of_the_index() {
        forget(first);
        PruneBench.prune(sample.repository, PruneBench.graceful());
        ObjectKey key = ObjectKey.of(ObjectType.PACK, firstPack);
        byte[] pack = storage.read(key, 0, -1, InputStream::readAllBytes);
        pack[pack.length - 10] ^= 1;
        storage.delete(key);
        storage.write(key, pack);

        var repair = new IndexRepair(sample.repository, RepositoryLock.notNeeded(), _ -> {});
        List<ObjectId> unreadable = repair.execute(repair.plan(false));

        assertThat(unreadable).containsExactly(firstPack);
        assertThat(marks()).containsExactly(firstPack);
        assertThat(markOf(firstPack).entries().size()).isEqualTo(1);
    }

    @Test
    void nothing_to_mark_leaves_the_index_as_it_is() {
        Set<ObjectId> before = PruneBench.ids(storage, ObjectType.INDEX);

        PruneBench.prune(sample.repository, PruneBench.graceful());

        assertThat(PruneBench.ids(storage, ObjectType.INDEX)).isEqualTo(before);
    }

    /// It has read the index, finds its data there, and has stored a pack that no index names when all of this
    /// is forgotten and pruned.
    private void raceAWriter(PruneOptions options) {
        var pausing = new PauseBeforeIndexStorage(storage, () -> {
            forget(first);
            PruneBench.prune(sample.repository, options);
        });
        try (SampleRepository writer = SampleRepository.open(pausing)) {
            ObjectId tree = writer.tree(writer.file("one", "first"), writer.file("new", "uploaded but not indexed"));
            writer.finish();
            writer.snapshot(tree);
        }
    }

    @Test
    void a_writer_without_lock_loses_nothing() {
        raceAWriter(PruneBench.graceful());

        assertThat(packs()).contains(firstPack);
        PruneBench.prune(sample.repository, PruneBench.graceful());

        assertThat(defects()).isEmpty();
        assertThat(marks()).doesNotContain(firstPack);
        PruneBench.prune(sample.repository, PruneBench.graceful(), PruneBench.LATER);
        assertThat(PruneBench.check(storage)).isEmpty();
        sample.reload();
        assertThat(packOf("first")).isEqualTo(firstPack);
        assertThat(packOf("uploaded but not indexed")).isNotNull();
    }

    /// However late the next prune comes: what is needed is taken back before anything is deleted.
    @Test
    void a_writer_without_lock_loses_nothing_even_if_the_next_prune_comes_after_the_grace() {
        raceAWriter(PruneBench.graceful());

        PruneBench.prune(sample.repository, PruneBench.graceful(), PruneBench.LATER);

        assertThat(PruneBench.check(storage)).isEmpty();
    }

    /// What the grace is for: restic's way needs writers that hold locks.
    @Test
    void in_one_phase_the_same_writer_is_left_with_a_broken_snapshot() {
        raceAWriter(PruneBench.options());

        assertThat(packs()).doesNotContain(firstPack);
        assertThat(defects()).isNotEmpty();
        assertThatThrownBy(() -> PruneBench.prune(sample.repository, PruneBench.options()))
                .isInstanceOf(RepriseException.class);
    }
}
