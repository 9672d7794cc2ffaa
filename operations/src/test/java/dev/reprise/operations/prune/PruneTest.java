package dev.reprise.operations.prune;

import static dev.reprise.operations.restore.SampleRepository.dir;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.operations.prune.PruneOptions.MaxUnused;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.MarkedPack;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.memory.MemoryStorage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PruneTest {
    private static final String LONG_AGO = "2024-04-01T00:00:00Z";
    private static final String JUST_NOW = "2024-05-01T23:00:00.5+01:00";

    private final MemoryStorage storage = new MemoryStorage();
    private SampleRepository sample;

    @BeforeEach
    void create() {
        sample = new SampleRepository(storage);
    }

    @AfterEach
    void close() {
        sample.close();
    }

    private static BlobHandle data(String text) {
        return BlobHandle.data(ObjectId.hash(text.getBytes(StandardCharsets.UTF_8)));
    }

    private ObjectId packOf(BlobHandle blob) {
        sample.reload();
        return sample.index.find(blob).getFirst().pack();
    }

    private static ObjectKey pack(ObjectId id) {
        return ObjectKey.of(ObjectType.PACK, id);
    }

    private Set<ObjectId> packs() {
        return PruneBench.ids(storage, ObjectType.PACK);
    }

    private void forget(ObjectId snapshot) {
        storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, snapshot));
    }

    private void replace(ObjectKey key, byte[] content) {
        storage.delete(key);
        storage.write(key, content);
    }

    private void flip(ObjectKey key, int position) {
        byte[] content = storage.readAll(key);
        content[position] ^= 1;
        replace(key, content);
    }

    private PruneBench.Heard prune() {
        return PruneBench.prune(sample.repository, PruneBench.options());
    }

    /// Two snapshots in packs and indexes of their own.
    private ObjectId first = ObjectId.NULL;

    private void twoSnapshots() {
        first = sample.snapshot(sample.tree(sample.file("one", "first")));
        sample.finish();
        sample.snapshot(sample.tree(sample.file("two", "second")));
        sample.finish();
    }

    private Map<String, byte[]> everything() {
        Map<String, byte[]> all = new TreeMap<>();
        for (ObjectType type : ObjectType.values()) {
            storage.list(type, object -> all.put(object.key().path(), storage.readAll(object.key())));
        }
        return all;
    }

    /// Fails, says why, and changes nothing at all.
    private void refuses(String reason) {
        Map<String, byte[]> before = everything();
        assertThatThrownBy(this::prune).isInstanceOf(RepriseException.class).hasMessageContaining(reason);
        assertThat(everything()).usingRecursiveComparison().isEqualTo(before);
    }

    // What is wrong already stops it before anything is changed

    @Test
    void an_index_file_that_does_not_decode_stops_it() {
        twoSnapshots();
        ObjectId index = PruneBench.ids(storage, ObjectType.INDEX).iterator().next();
        flip(ObjectKey.of(ObjectType.INDEX, index), 20);

        refuses("index " + index.hex() + " is damaged");
    }

    @Test
    void a_snapshot_that_does_not_decode_stops_it() {
        twoSnapshots();
        flip(ObjectKey.of(ObjectType.SNAPSHOT, first), 20);

        refuses("snapshot " + first.hex() + " is damaged");
    }

    @Test
    void a_snapshot_without_tree_stops_it() {
        sample.snapshot(ObjectId.NULL);

        refuses("it has no tree");
    }

    @Test
    void a_tree_that_no_index_names_stops_it() {
        ObjectId lost = ObjectId.hash(new byte[] {1});
        sample.snapshot(sample.tree(dir("gone", lost)));
        sample.finish();

        refuses("tree " + lost.hex());
    }

    @Test
    void a_damaged_tree_stops_it() {
        ObjectId tree = sample.tree(sample.file("one", "first"));
        sample.snapshot(tree);
        sample.finish();
        ObjectId holder = packOf(BlobHandle.tree(tree));
        flip(pack(holder), 30);

        refuses("tree blob " + tree.hex() + " in pack " + holder.hex() + " is damaged");
    }

    @Test
    void a_directory_without_tree_stops_it() {
        sample.snapshot(sample.tree(dir("hollow", null)));
        sample.finish();

        refuses("directory \"hollow\" has no tree");
    }

    @Test
    void a_needed_blob_that_no_index_names_stops_it() {
        ObjectId lost = ObjectId.hash(new byte[] {2});
        sample.snapshot(sample.tree(SampleRepository.file("f", 9, List.of(lost))));
        sample.finish();

        refuses("index is not complete: 1 blobs that snapshots need are named by no index: data blob " + lost.hex());
    }

    @Test
    void a_needed_pack_that_is_missing_stops_it() {
        twoSnapshots();
        ObjectId gone = packOf(data("first"));
        storage.delete(pack(gone));

        refuses("packs from index missing in repo: 1 that snapshots need: " + gone.hex());
    }

    @Test
    void a_needed_pack_of_another_size_stops_it() {
        twoSnapshots();
        ObjectId longer = packOf(data("first"));
        byte[] content = storage.readAll(pack(longer));
        replace(pack(longer), Arrays.copyOf(content, content.length + 1));

        refuses("pack size does not match calculated size from index: pack " + longer.hex());
    }

    @Test
    void a_shared_lock_is_not_enough() {
        var shared = new PruneBench.HeldForTest() {
            @Override
            public Kind kind() {
                return RepositoryLock.Kind.SHARED;
            }
        };

        assertThatThrownBy(() -> PruneBench.prune(sample.repository, PruneBench.options(), shared))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // What is not needed may be broken

    @Test
    void a_missing_pack_that_nobody_needs_is_forgotten() {
        twoSnapshots();
        ObjectId gone = packOf(data("first"));
        storage.delete(pack(gone));
        forget(first);

        assertThat(prune().warnings).containsExactly("missing but unneeded pack " + gone.hex() + " will be forgotten");
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void a_pack_of_another_size_that_nobody_needs_is_removed() {
        twoSnapshots();
        ObjectId cut = packOf(data("first"));
        replace(pack(cut), new byte[7]);
        forget(first);

        prune();

        assertThat(packs()).doesNotContain(cut);
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    // Repacking

    /// One pack that holds a blob that is needed and one that is not.
    private ObjectId partlyUsed() {
        ObjectId whole = sample.snapshot(sample.tree(sample.file("f", "kept"), sample.file("g", "left behind")));
        sample.snapshot(sample.tree(sample.file("f", "kept")));
        sample.finish();
        forget(whole);
        return packOf(data("kept"));
    }

    @Test
    void what_is_needed_of_a_pack_is_written_again_and_the_pack_removed() {
        ObjectId old = partlyUsed();

        prune();

        assertThat(packs()).doesNotContain(old);
        sample.reload();
        assertThat(sample.index.contains(data("kept"))).isTrue();
        assertThat(sample.index.contains(data("left behind"))).isFalse();
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void a_needed_blob_that_does_not_decrypt_ends_it_with_every_needed_pack_in_place() {
        ObjectId old = partlyUsed();
        flip(pack(old), (int) sample.index.find(data("kept")).getFirst().offset() + 20);
        byte[] leftOver = {1, 2, 3};
        storage.write(pack(ObjectId.hash(leftOver)), leftOver);
        Set<ObjectId> before = packs();
        Set<ObjectId> indexes = PruneBench.ids(storage, ObjectType.INDEX);

        assertThatThrownBy(this::prune).hasMessageContaining(data("kept") + " in pack " + old.hex() + " is damaged");

        before.remove(ObjectId.hash(leftOver));
        assertThat(packs()).isEqualTo(before);
        assertThat(PruneBench.ids(storage, ObjectType.INDEX)).isEqualTo(indexes);
    }

    @Test
    void a_damaged_copy_is_replaced_by_a_good_one_while_repacking() {
        ObjectId old = partlyUsed();
        SampleRepository other = SampleRepository.open(new HiddenIndexStorage(storage));
        ObjectId again = other.snapshot(other.tree(other.file("f", "kept"), other.file("h", "also left behind")));
        other.finish();
        other.close();
        forget(again);
        sample.reload();
        var copies = sample.index.find(data("kept"));
        assertThat(copies).hasSize(2);
        flip(
                pack(old),
                (int) copies.stream()
                                .filter(copy -> copy.pack().equals(old))
                                .findFirst()
                                .orElseThrow()
                                .offset()
                        + 20);

        prune();

        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void nothing_is_repacked_beyond_the_limit() {
        partlyUsed();
        PruneOptions standard = PruneBench.options();
        var none = new PruneOptions(
                standard.maxUnused(),
                0,
                0,
                false,
                false,
                false,
                false,
                standard.markAge(),
                false,
                standard.memory(),
                standard.temporary());

        try (PrunePlan plan = PruneBench.plan(sample.repository, none)) {
            assertThat(plan.repacked()).isEmpty();
            assertThat(plan.stats().bytes().remainingUnused()).isPositive();
        }
    }

    @Test
    void cacheable_only_leaves_packs_of_data_alone() {
        ObjectId old = partlyUsed();
        PruneOptions standard = PruneBench.options();
        var trees = new PruneOptions(
                new MaxUnused.Bytes(0),
                Long.MAX_VALUE,
                0,
                true,
                false,
                false,
                false,
                standard.markAge(),
                false,
                standard.memory(),
                standard.temporary());

        try (PrunePlan plan = PruneBench.plan(sample.repository, trees)) {
            assertThat(plan.repacked()).hasSize(1).doesNotContain(old);
        }
    }

    @Test
    void a_large_pack_with_little_waste_stays_within_the_tolerance() {
        byte[] large = new byte[4_500_000];
        new Random(5).nextBytes(large);
        ObjectId kept = sample.data(large);
        sample.finish();
        ObjectId whole = sample.snapshot(
                sample.tree(SampleRepository.file("f", large.length, List.of(kept)), sample.file("g", "waste")));
        sample.snapshot(sample.tree(SampleRepository.file("f", large.length, List.of(kept))));
        sample.finish();
        forget(whole);

        try (PrunePlan plan =
                PruneBench.plan(sample.repository, PruneBench.options().withMaxUnused(new MaxUnused.Unlimited()))) {
            // The pack of trees is repacked whatever is tolerated.
            assertThat(plan.repacked()).hasSize(1);
            assertThat(plan.removed()).containsExactly(packOf(data("waste")));
        }
    }

    // Only what the plan names

    @Test
    void a_pack_that_came_after_the_plan_is_not_touched() {
        twoSnapshots();
        forget(first);
        byte[] late = {4, 5, 6};
        try (PrunePlan plan = PruneBench.plan(sample.repository, PruneBench.options())) {
            storage.write(pack(ObjectId.hash(late)), late);
            new Pruning(
                            sample.repository,
                            new PruneBench.HeldForTest(),
                            WriterOptions.DEFAULT,
                            new PruneBench.Heard(),
                            PruneBench.NOW)
                    .run(plan);
        }

        assertThat(packs()).contains(ObjectId.hash(late));
        assertThat(PruneBench.check(storage))
                .containsExactly("hint: pack " + ObjectId.hash(late).hex() + ", 3 bytes, is named by no index");
    }

    @Test
    void a_plan_alone_changes_nothing() {
        twoSnapshots();
        forget(first);
        Map<String, byte[]> before = everything();

        try (PrunePlan plan = PruneBench.plan(sample.repository, PruneBench.options())) {
            assertThat(plan.removed()).hasSize(2);
        }

        assertThat(everything()).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void snapshots_that_are_left_out_of_the_plan_need_nothing() {
        twoSnapshots();
        var planning =
                new PrunePlanning(sample.repository, PruneBench.options(), new PruneBench.Heard(), PruneBench.NOW);

        try (PrunePlan plan = planning.plan(Set.of(first))) {
            assertThat(plan.removed()).contains(packOf(data("first"))).doesNotContain(packOf(data("second")));
        }
    }

    // Packs that rustic has marked for deletion

    /// Moves a pack from the packs of its index file to those that wait for their deletion.
    private void mark(ObjectId id, @Nullable String time) {
        IndexDocuments documents = sample.repository.indexDocuments();
        for (ObjectId file : documents.files()) {
            IndexDocument document = documents.load(file);
            List<IndexDocument.Pack> others = new ArrayList<>(document.packs());
            if (others.removeIf(pack -> pack.pack().equals(id))) {
                var marked = document.packs().stream()
                        .filter(pack -> pack.pack().equals(id))
                        .map(pack -> new MarkedPack(id, pack.entries(), time, 1000))
                        .toList();
                documents.save(IndexDocuments.encode(others, marked));
                storage.delete(ObjectKey.of(ObjectType.INDEX, file));
            }
        }
    }

    private Set<ObjectId> marks() {
        return PruneBench.marks(sample.repository);
    }

    @Test
    void a_young_mark_is_kept_and_its_pack_too() {
        twoSnapshots();
        ObjectId marked = packOf(data("first"));
        forget(first);
        mark(marked, JUST_NOW);

        prune();

        assertThat(packs()).contains(marked);
        assertThat(marks()).containsExactly(marked);
    }

    @Test
    void a_mark_without_a_time_is_taken_for_a_young_one() {
        twoSnapshots();
        ObjectId marked = packOf(data("first"));
        forget(first);
        mark(marked, null);

        prune();

        assertThat(marks()).containsExactly(marked);
    }

    @Test
    void an_old_mark_and_its_pack_are_removed() {
        twoSnapshots();
        ObjectId marked = packOf(data("first"));
        forget(first);
        mark(marked, LONG_AGO);

        prune();

        assertThat(packs()).doesNotContain(marked);
        assertThat(marks()).isEmpty();
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void a_marked_pack_that_is_needed_is_taken_back_however_old_the_mark() {
        twoSnapshots();
        ObjectId marked = packOf(data("first"));
        mark(marked, LONG_AGO);

        assertThat(prune().warnings)
                .containsExactly("pack " + marked.hex()
                        + " was marked for deletion, but is needed: it will be taken back into the index");

        assertThat(marks()).isEmpty();
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void a_mark_whose_pack_is_gone_is_dropped() {
        twoSnapshots();
        ObjectId marked = packOf(data("first"));
        forget(first);
        mark(marked, JUST_NOW);
        storage.delete(pack(marked));

        prune();

        assertThat(marks()).isEmpty();
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    // Copies

    @Test
    void packs_that_an_interrupted_prune_has_written_are_kept_instead_of_the_old_ones() {
        ObjectId old = partlyUsed();
        SampleRepository other = SampleRepository.open(new HiddenIndexStorage(storage));
        other.data("kept");
        other.finish();
        other.close();
        sample.reload();

        try (PrunePlan plan = PruneBench.plan(sample.repository, PruneBench.options())) {
            assertThat(plan.removed()).containsExactly(old);
            assertThat(plan.stats().blobs().duplicate()).isEqualTo(1);
        }
        prune();
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void the_same_pack_in_two_index_files_is_counted_once() {
        twoSnapshots();
        Repository repository = sample.repository;
        IndexDocuments documents = repository.indexDocuments();
        IndexDocument document = documents.load(documents.files().getFirst());
        documents.save(IndexDocuments.encode(document.packs(), List.of()));

        try (PrunePlan plan = PruneBench.plan(repository, PruneBench.options())) {
            assertThat(plan.stats().blobs().total()).isEqualTo(4);
            assertThat(plan.stats().blobs().duplicate()).isZero();
        }
        forget(first);
        prune();
        assertThat(PruneBench.check(storage)).isEmpty();
    }
}
