package dev.reprise.operations.browse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.artifacts.TreeTar;
import dev.reprise.operations.dump.Dump;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.operations.stats.Counting;
import dev.reprise.operations.stats.SnapshotCount;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Trees that no file system has, made by hand.
class HostileTreeTest {
    private static final int LEVELS = 10_000;

    private static final SampleRepository SAMPLE = new SampleRepository();
    private static ObjectId deep = ObjectId.NULL;
    private static ObjectId flat = ObjectId.NULL;

    /// Once for all: each level is a blob that needs the id of the one below it.
    @BeforeAll
    static void fill() {
        flat = SAMPLE.tree(SAMPLE.file("x", "content"));
        deep = flat;
        for (int i = 0; i < LEVELS; i++) {
            deep = SAMPLE.tree(SampleRepository.dir("d", deep));
        }
        SAMPLE.finish();
    }

    @AfterAll
    static void close() {
        SAMPLE.close();
    }

    private void isRefused(ThrowingCallable work) {
        assertThatThrownBy(work).hasMessageContaining("deeper than 20");
    }

    @Test
    void one_error_ends_walking_listing_finding_and_counting_ten_thousand_levels() {
        try (var reader = new TreeReader(SAMPLE.repository, SAMPLE.index)) {
            isRefused(() -> new TreeWalk(reader).walk(deep, (_, _, _) -> true));
            isRefused(() -> new Listing(List.of(), true).run(reader, deep, new Nothing()));
            isRefused(() -> ObjectSearch.forTrees(List.of(flat.hex())).run(reader, deep, new Nothing()));
            isRefused(() -> new EntrySearch(List.of("x"), false, null, null).run(reader, deep, new Nothing()));
            isRefused(
                    () -> SnapshotCount.run(SAMPLE.repository, SAMPLE.index, List.of(deep), Counting.RESTORE_SIZE, 2));
        }
    }

    @Test
    void one_error_ends_comparing_ten_thousand_levels() {
        try (var reader = new TreeReader(SAMPLE.repository, SAMPLE.index)) {
            var loader = new TreeLoader(SAMPLE.repository, SAMPLE.index, 2);
            isRefused(() -> SnapshotDiff.run(reader, loader, SAMPLE.index, deep, flat, true, new Nothing()));
            isRefused(() -> SnapshotDiff.run(reader, loader, SAMPLE.index, flat, deep, true, new Nothing()));
        }
    }

    @Test
    void one_error_ends_archives_of_ten_thousand_levels() {
        try (var reader = new TreeReader(SAMPLE.repository, SAMPLE.index)) {
            isRefused(() -> TreeTar.write(reader, deep, new ByteArrayOutputStream()));
            isRefused(() -> Dump.find(reader, deep, "/").write(reader, Dump.Archive.ZIP, new ByteArrayOutputStream()));
        }
    }

    @Test
    void blobs_of_ten_thousand_levels_are_found_without_walking_paths() {
        var used = new UsedBlobs(new TreeLoader(SAMPLE.repository, SAMPLE.index, 2));
        used.add(deep);

        assertThat(used.trees().size()).isEqualTo(LEVELS + 1);
        assertThat(used.data().size()).isEqualTo(1);
    }

    @Test
    void names_that_lead_out_of_an_archive_are_refused() throws IOException {
        for (String name : List.of("..", "a/b", "")) {
            Node node = new SampleRepository.Sample(RawName.of(name), NodeType.FIFO).node();
            ObjectId root = SAMPLE.tree(node);
            SAMPLE.finish();
            try (var reader = new TreeReader(SAMPLE.repository, SAMPLE.index)) {
                for (Dump.Archive archive : Dump.Archive.values()) {
                    assertThatThrownBy(() ->
                                    Dump.find(reader, root, "/").write(reader, archive, new ByteArrayOutputStream()))
                            .isInstanceOf(RepositoryException.class)
                            .hasMessageContaining("unsafe name \"" + name + "\"");
                }
            }
        }
    }

    @Test
    void what_cannot_be_read_is_told_and_the_rest_compared() {
        ObjectId lost = ObjectId.hash(new byte[] {1});
        ObjectId left = SAMPLE.tree(SampleRepository.dir("a", lost), SAMPLE.file("b", "old"));
        ObjectId right = SAMPLE.tree(SampleRepository.dir("a", flat), SAMPLE.file("b", "new"));
        SAMPLE.finish();
        var told = new Nothing();
        try (var reader = new TreeReader(SAMPLE.repository, SAMPLE.index)) {
            var loader = new TreeLoader(SAMPLE.repository, SAMPLE.index, 2);
            var result = SnapshotDiff.run(reader, loader, SAMPLE.index, left, right, false, told);

            assertThat(result.changedFiles()).isEqualTo(1);
            assertThat(told.changes).containsExactly("M? /b");
            assertThat(told.unreadable).isNotEmpty().allMatch(fact -> fact.contains(lost.hex()));
        }
    }

    /// Takes everything down.
    private static final class Nothing
            implements Listing.Receiver, ObjectSearch.Receiver, EntrySearch.Receiver, SnapshotDiff.Receiver {
        private final List<String> changes = new ArrayList<>();
        private final List<String> unreadable = new ArrayList<>();

        @Override
        public void node(RawName path, Node node, boolean asked) {}

        @Override
        public void leave() {}

        @Override
        public void blob(ObjectId blob, RawName path, ObjectId tree) {}

        @Override
        public void tree(ObjectId tree, RawName path) {}

        @Override
        public void found(RawName path, Node node) {}

        @Override
        public void change(RawName path, String modifier) {
            changes.add(modifier + " " + path);
        }

        @Override
        public void unreadable(ObjectId tree, RepositoryException reason) {
            unreadable.add(reason.fact());
        }

        @Override
        public void unreadable(RepositoryException reason) {
            unreadable.add(reason.fact());
        }
    }
}
