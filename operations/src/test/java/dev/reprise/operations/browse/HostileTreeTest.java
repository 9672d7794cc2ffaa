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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Trees that no file system has, made by hand.
class HostileTreeTest {
    private static final int LEVELS = 10_000;

    private final SampleRepository sample = new SampleRepository();
    private ObjectId deep = ObjectId.NULL;
    private ObjectId flat = ObjectId.NULL;

    @BeforeEach
    void fill() {
        flat = sample.tree(sample.file("x", "content"));
        deep = flat;
        for (int i = 0; i < LEVELS; i++) {
            deep = sample.tree(SampleRepository.dir("d", deep));
        }
        sample.finish();
    }

    @AfterEach
    void close() {
        sample.close();
    }

    private void isRefused(ThrowingCallable work) {
        assertThatThrownBy(work).hasMessageContaining("deeper than 20");
    }

    @Test
    void one_error_ends_walking_listing_finding_and_counting_ten_thousand_levels() {
        try (var reader = new TreeReader(sample.repository, sample.index)) {
            isRefused(() -> new TreeWalk(reader).walk(deep, (_, _, _) -> true));
            isRefused(() -> new Listing(List.of(), true).run(reader, deep, new Nothing()));
            isRefused(() -> ObjectSearch.forTrees(List.of(flat.hex())).run(reader, deep, new Nothing()));
            isRefused(() -> new EntrySearch(List.of("x"), false, null, null).run(reader, deep, new Nothing()));
            isRefused(
                    () -> SnapshotCount.run(sample.repository, sample.index, List.of(deep), Counting.RESTORE_SIZE, 2));
        }
    }

    @Test
    void one_error_ends_comparing_ten_thousand_levels() {
        try (var reader = new TreeReader(sample.repository, sample.index)) {
            var loader = new TreeLoader(sample.repository, sample.index, 2);
            isRefused(() -> SnapshotDiff.run(reader, loader, sample.index, deep, flat, true, new Nothing()));
            isRefused(() -> SnapshotDiff.run(reader, loader, sample.index, flat, deep, true, new Nothing()));
        }
    }

    @Test
    void one_error_ends_archives_of_ten_thousand_levels() {
        try (var reader = new TreeReader(sample.repository, sample.index)) {
            isRefused(() -> TreeTar.write(reader, deep, new ByteArrayOutputStream()));
            isRefused(() -> Dump.find(reader, deep, "/").write(reader, Dump.Archive.ZIP, new ByteArrayOutputStream()));
        }
    }

    @Test
    void blobs_of_ten_thousand_levels_are_found_without_walking_paths() {
        var used = new UsedBlobs(new TreeLoader(sample.repository, sample.index, 2));
        used.add(deep);

        assertThat(used.trees()).hasSize(LEVELS + 1);
        assertThat(used.data()).hasSize(1);
    }

    @Test
    void names_that_lead_out_of_an_archive_are_refused() throws IOException {
        for (String name : List.of("..", "a/b", "")) {
            Node node = new SampleRepository.Sample(RawName.of(name), NodeType.FIFO).node();
            ObjectId root = sample.tree(node);
            sample.finish();
            try (var reader = new TreeReader(sample.repository, sample.index)) {
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
        ObjectId left = sample.tree(SampleRepository.dir("a", lost), sample.file("b", "old"));
        ObjectId right = sample.tree(SampleRepository.dir("a", flat), sample.file("b", "new"));
        sample.finish();
        var told = new Nothing();
        try (var reader = new TreeReader(sample.repository, sample.index)) {
            var loader = new TreeLoader(sample.repository, sample.index, 2);
            var result = SnapshotDiff.run(reader, loader, sample.index, left, right, false, told);

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
