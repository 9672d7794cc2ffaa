package dev.reprise.operations.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.memory.MemoryStorage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A program that takes no locks saves snapshots while a prune reads what there is.
class PruneBesideWriterTest {
    private static final String BETWEEN = "loading all snapshots...";

    private final MemoryStorage storage = new MemoryStorage();
    private SampleRepository sample;
    private int written;
    private boolean armed;

    @BeforeEach
    void create() {
        sample = new SampleRepository(storage);
        sample.snapshot(sample.tree(sample.file("one", "first")));
        sample.finish();
    }

    @AfterEach
    void close() {
        sample.close();
    }

    private void save() {
        try (SampleRepository writer = SampleRepository.open(storage)) {
            writer.snapshot(writer.tree(writer.file("name " + written, "new " + written)));
            writer.finish();
        }
        written++;
    }

    private Set<ObjectId> packs() {
        return PruneBench.ids(storage, ObjectType.PACK);
    }

    /// Acts when the index files that were there are read and the snapshots are not.
    private PrunePlan plan(Runnable act) {
        return plan(sample, act);
    }

    private static PrunePlan plan(SampleRepository opened, Runnable act) {
        PruneListener listener = new PruneListener() {
            @Override
            public void phase(String text) {
                if (text.equals(BETWEEN)) {
                    act.run();
                }
            }

            @Override
            public void warning(String text) {
                throw new AssertionError(text);
            }

            @Override
            public void removed(ObjectType type, ObjectId id) {}
        };
        return new PrunePlanning(opened.repository, PruneBench.everything(), listener, PruneBench.NOW).plan(Set.of());
    }

    @Test
    void a_snapshot_that_comes_while_the_index_is_read_is_planned_with() {
        try (PrunePlan plan = plan(this::save)) {
            assertThat(written).isEqualTo(1);
            assertThat(plan.indexFiles()).hasSize(2);
            assertThat(plan.removed()).isEmpty();
            assertThat(plan.repacked()).isEmpty();
            assertThat(plan.unreferenced()).isEmpty();
        }
        PruneBench.prune(sample.repository, PruneBench.everything());
        assertThat(packs()).hasSize(4);
        assertThat(PruneBench.check(storage)).isEmpty();
    }

    @Test
    void so_is_one_that_comes_while_snapshots_are_read_again() {
        var reads = new ArrayList<ObjectType>();
        var slow = new ForwardingStorage(storage) {
            @Override
            public void list(ObjectType type, Consumer<StoredObject> consumer) {
                super.list(type, consumer);
                if (type == ObjectType.SNAPSHOT && reads.size() < 3) {
                    reads.add(type);
                    save(); // after the listing: not seen in it
                }
            }
        };
        try (SampleRepository opened = SampleRepository.open(slow);
                PrunePlan plan = plan(opened, () -> {})) {
            assertThat(written).isEqualTo(3);
            assertThat(plan.indexFiles()).hasSize(4);
            assertThat(plan.removed()).isEmpty();
            assertThat(plan.repacked()).isEmpty();
        }
    }

    @Test
    void one_that_saves_for_ever_ends_the_planning() {
        var endless = new ForwardingStorage(storage) {
            @Override
            public void list(ObjectType type, Consumer<StoredObject> consumer) {
                super.list(type, consumer);
                if (type == ObjectType.SNAPSHOT) {
                    save();
                }
            }
        };
        try (SampleRepository opened = SampleRepository.open(endless)) {
            assertThatThrownBy(() -> plan(opened, () -> {}))
                    .isInstanceOfSatisfying(
                            OperationException.class, e -> assertThat(e.hint()).isEqualTo("run the command again"))
                    .hasMessageContaining("the index changed while it was being read");
        }
        assertThat(written).isEqualTo(21);
    }

    @Test
    void an_index_file_that_is_replaced_meanwhile_stops_the_planning() {
        assertThatThrownBy(() -> plan(this::replaceIndex))
                .isInstanceOfSatisfying(
                        OperationException.class, e -> assertThat(e.hint()).isEqualTo("run the command again"))
                .hasMessageContaining("the index changed while it was being read");
    }

    private void replaceIndex() {
        IndexDocuments documents = sample.repository.indexDocuments();
        for (ObjectId file : documents.files()) {
            List<IndexDocument.Pack> packs = documents.load(file).packs();
            storage.delete(ObjectKey.of(ObjectType.INDEX, file));
            documents.save(IndexDocuments.encode(packs.reversed(), List.of()));
        }
    }

    @Test
    void an_index_file_that_goes_between_listing_and_reading_is_no_damage() {
        var vanishing = new ForwardingStorage(storage) {
            private boolean gone;

            @Override
            public void list(ObjectType type, Consumer<StoredObject> consumer) {
                super.list(type, consumer);
                if (type == ObjectType.INDEX && !gone && armed) {
                    gone = true;
                    replaceIndex();
                }
            }
        };
        try (SampleRepository opened = SampleRepository.open(vanishing)) {
            armed = true;
            assertThatThrownBy(() -> plan(opened, () -> {}))
                    .isInstanceOf(OperationException.class)
                    .hasMessageContaining("the index changed while it was being read");
            armed = false;
        }
    }

    @Test
    void a_pack_that_is_described_in_two_ways_is_marked_with_all_that_both_say() {
        ObjectId forgotten = sample.snapshot(sample.tree(sample.file("a", "content a"), sample.file("b", "content b")));
        sample.finish();
        ObjectId pack =
                sample.index.find(BlobHandle.data(id("content a"))).getFirst().pack();
        IndexDocuments documents = sample.repository.indexDocuments();
        for (ObjectId file : documents.files()) {
            IndexDocument document = documents.load(file);
            for (IndexDocument.Pack described : document.packs()) {
                if (described.pack().equals(pack)) {
                    assertThat(described.entries().size()).isEqualTo(2);
                    describeApart(documents, document, described);
                    storage.delete(ObjectKey.of(ObjectType.INDEX, file));
                }
            }
        }
        storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, forgotten));

        PruneBench.prune(sample.repository, PruneBench.graceful());

        Set<ObjectId> marked = new TreeSet<>();
        documents
                .files()
                .forEach(file -> documents.load(file).marked().stream()
                        .filter(mark -> mark.pack().equals(pack))
                        .forEach(mark -> {
                            for (int i = 0; i < mark.entries().size(); i++) {
                                marked.add(mark.entries().id(i));
                            }
                        }));
        assertThat(marked).containsExactlyInAnyOrder(id("content a"), id("content b"));
    }

    private static void describeApart(IndexDocuments documents, IndexDocument document, IndexDocument.Pack described) {
        List<IndexDocument.Pack> others = new ArrayList<>(document.packs());
        others.remove(described);
        for (int i = 0; i < described.entries().size(); i++) {
            var one = new PackEntries();
            var all = described.entries();
            one.add(all.type(i), all.id(i), all.offset(i), all.length(i), all.uncompressedLength(i));
            List<IndexDocument.Pack> packs = new ArrayList<>(i == 0 ? others : List.of());
            packs.add(new IndexDocument.Pack(described.pack(), one));
            documents.save(IndexDocuments.encode(packs, List.of()));
        }
    }

    private static ObjectId id(String content) {
        return ObjectId.hash(content.getBytes(StandardCharsets.UTF_8));
    }
}
