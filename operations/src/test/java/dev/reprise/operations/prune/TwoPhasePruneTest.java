package dev.reprise.operations.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.repair.IndexRepair;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.MarkedPack;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
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
    private @Nullable ObjectId takeBackFile;

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
        // What names the new packs is merged with the rest.
        assertThat(PruneBench.ids(storage, ObjectType.INDEX)).hasSize(1);
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

    // Programs without locks that change the index while it is pruned

    /// Marks what the forgotten snapshot had, to be deleted by the next prune.
    ///
    /// @return puts it all back into the index in a file of its own, with the snapshot, as another prune does
    private Runnable markThenTakeBack() {
        byte[] snapshot = storage.readAll(ObjectKey.of(ObjectType.SNAPSHOT, first));
        forget(first);
        PruneBench.prune(sample.repository, PruneBench.graceful());
        List<IndexDocument.Pack> packs = marks().stream()
                .map(this::markOf)
                .map(mark -> new IndexDocument.Pack(mark.pack(), mark.entries()))
                .toList();
        assertThat(packs).hasSize(2);
        return () -> {
            takeBackFile = sample.repository.indexDocuments().save(IndexDocuments.encode(packs, List.of()));
            storage.write(ObjectKey.of(ObjectType.SNAPSHOT, first), snapshot);
        };
    }

    private PruneBench.Heard pruneAfter(PruneOptions options, Runnable meanwhile) {
        var heard = new PruneBench.Heard();
        try (PrunePlan plan = new PrunePlanning(sample.repository, options, heard, PruneBench.LATER).plan(Set.of())) {
            meanwhile.run();
            pruning(sample.repository, heard).run(plan);
        }
        return heard;
    }

    private static Pruning pruning(Repository repository, PruneListener heard) {
        return new Pruning(repository, new PruneBench.HeldForTest(), WriterOptions.DEFAULT, heard, PruneBench.LATER);
    }

    /// @param meanwhile happens when everything is planned and the first new index file is about to be saved
    private PruneBench.Heard pruneInterrupted(Runnable meanwhile) {
        try (Repository repository = SampleRepository.openAlone(new PauseBeforeIndexStorage(storage, meanwhile))) {
            return PruneBench.prune(repository, PruneBench.graceful(), PruneBench.LATER);
        }
    }

    private void assertTakenBack(PruneBench.Heard heard) {
        assertThat(heard.warnings)
                .containsExactly("2 packs stay: a program that takes no locks has named them in the index meanwhile");
        assertThat(packs()).contains(firstPack).hasSize(4);
        assertThat(PruneBench.ids(storage, ObjectType.INDEX)).contains(takeBackFile);
        assertThat(marks()).isEmpty();
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void a_pack_that_another_program_takes_back_after_planning_is_not_deleted() {
        Runnable takeBack = markThenTakeBack();

        assertTakenBack(pruneAfter(PruneBench.graceful(), takeBack));
    }

    @Test
    void a_pack_that_another_program_takes_back_while_the_index_is_written_is_not_deleted() {
        Runnable takeBack = markThenTakeBack();

        assertTakenBack(pruneInterrupted(takeBack));
    }

    @Test
    void a_pack_that_another_program_names_after_planning_is_not_deleted_as_unreferenced() {
        byte[] late = "stored, and named later".getBytes(StandardCharsets.UTF_8);
        ObjectId pack = ObjectId.hash(late);
        storage.write(ObjectKey.of(ObjectType.PACK, pack), late);

        PruneBench.Heard heard = pruneAfter(PruneBench.options(), () -> {
            var named = new IndexDocument.Pack(pack, new PackEntries());
            var _ = sample.repository.indexDocuments().save(IndexDocuments.encode(List.of(named), List.of()));
        });

        assertThat(packs()).contains(pack);
        assertThat(heard.warnings).hasSize(1);
    }

    /// As another prune does: the same packs in new files, the old ones deleted.
    private void replaceIndex() {
        IndexDocuments documents = sample.repository.indexDocuments();
        for (ObjectId file : documents.files()) {
            IndexDocument document = documents.load(file);
            var _ = documents.save(IndexDocuments.encode(document.packs(), document.marked()));
            storage.delete(ObjectKey.of(ObjectType.INDEX, file));
        }
    }

    private void assertStops(ThrowingCallable prune) {
        Set<ObjectId> before = packs();

        assertThatThrownBy(prune).isInstanceOfSatisfying(OperationException.class, stopped -> {
            assertThat(stopped.fact())
                    .isEqualTo("the index changed while it was being pruned, by a program that takes no locks");
            assertThat(stopped.hint()).isEqualTo("run the command again");
        });

        assertThat(packs()).isEqualTo(before);
        assertThat(defects()).isEmpty();
        PruneBench.prune(sample.repository, PruneBench.options(), PruneBench.LATER);
        assertThat(packs()).hasSize(2);
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void an_index_file_that_another_program_replaces_after_planning_stops_the_prune() {
        forget(first);
        Set<ObjectId> replaced = new TreeSet<>();

        assertStops(() -> pruneAfter(PruneBench.options(), () -> {
            replaceIndex();
            replaced.addAll(PruneBench.ids(storage, ObjectType.INDEX));
        }));

        assertThat(replaced).hasSize(2);
    }

    @Test
    void an_index_file_that_another_program_replaces_while_the_index_is_written_stops_the_prune() {
        markThenTakeBack();

        assertStops(() -> pruneInterrupted(this::replaceIndex));
    }

    /// None of them ever reaches an age.
    @Test
    void marks_without_a_time_that_can_be_read_and_marks_from_the_future_end_with_a_grace_of_nothing() {
        mark("no time", null);
        mark("malformed", "the day before yesterday");
        mark("to come", "2099-01-01T00:00:00Z");
        mark("just now", "2024-05-02T00:00:00Z");

        PruneBench.prune(sample.repository, PruneBench.graceful());
        assertThat(marks()).hasSize(4);
        PruneBench.prune(sample.repository, PruneOptions.graceful(PruneBench.TEMPORARY, Duration.ZERO));

        assertThat(marks()).isEmpty();
        assertThat(packs()).hasSize(4);
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    private void mark(String content, @Nullable String time) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        ObjectId pack = ObjectId.hash(bytes);
        storage.write(ObjectKey.of(ObjectType.PACK, pack), bytes);
        var mark = new MarkedPack(pack, new PackEntries(), time, bytes.length);
        var _ = sample.repository.indexDocuments().save(IndexDocuments.encode(List.of(), List.of(mark)));
    }

    @Test
    void a_size_that_no_reader_takes_is_left_out_of_the_mark() {
        byte[] stray = "very large".getBytes(StandardCharsets.UTF_8);
        ObjectId pack = ObjectId.hash(stray);
        storage.write(ObjectKey.of(ObjectType.PACK, pack), stray);

        try (Repository repository = SampleRepository.openAlone(new SizedStorage(storage, pack, 4_294_967_296L))) {
            PruneBench.prune(repository, PruneBench.graceful());
        }

        assertThat(markOf(pack).size()).isEqualTo(-1);
        assertThat(packs()).contains(pack);
    }
}
