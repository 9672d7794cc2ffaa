package dev.reprise.operations.backup;

import static dev.reprise.operations.backup.Bench.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.tree.NodeType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Repository format, section 8.4.
class FilesBackupChangesTest {
    @TempDir
    Path folder;

    private final Bench bench = new Bench();
    private final WatchedTree watched = new WatchedTree();

    @BeforeEach
    void fill() throws IOException {
        folder = Files.createDirectory(folder.toRealPath().resolve("data"));
        Files.createDirectories(folder.resolve("a/b"));
        Files.createDirectories(folder.resolve("c"));
        Files.writeString(folder.resolve("a/one"), "one");
        Files.writeString(folder.resolve("a/b/two"), "two");
        Files.writeString(folder.resolve("c/three"), "three");
        Files.createSymbolicLink(folder.resolve("c/link"), Path.of("three"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void an_unchanged_tree_is_not_read_again_and_keeps_its_id() throws IOException {
        byte[] large = new byte[5 << 20];
        new java.util.Random(3).nextBytes(large);
        Files.write(folder.resolve("large"), large);
        SavedTree first = bench.backup(in(folder).request());

        SavedTree second = bench.backup(in(folder).since(first).request(), watched);

        assertThat(watched.filesOpened()).isZero();
        assertThat(second.tree()).isEqualTo(first.tree());
        assertThat(second.counts()).isEqualTo(new SavedTree.Counts(0, 0, 4, 0, 0, 3, 4, 11 + (5 << 20)));
        assertThat(bench.added.packs()).isZero();
        assertThat(bench.added.treeBlobs() + bench.added.dataBlobs()).isZero();
    }

    @Test
    void without_a_parent_everything_is_read_and_nothing_stored_again() {
        SavedTree first = bench.backup(in(folder).request());
        SavedTree second = bench.backup(in(folder).request(), watched);
        assertThat(watched.filesOpened()).isEqualTo(3);
        assertThat(second.tree()).isEqualTo(first.tree());
        assertThat(second.counts()).isEqualTo(new SavedTree.Counts(3, 0, 0, 3, 0, 0, 3, 11));
        assertThat(bench.added.packs()).isZero();
    }

    @Test
    void other_content_is_stored_and_marks_the_directories_above() throws IOException {
        SavedTree second = change(() -> Files.writeString(folder.resolve("a/b/two"), "2"));
        assertThat(second.counts()).isEqualTo(new SavedTree.Counts(0, 1, 2, 0, 2, 1, 3, 9));
        assertThat(bench.content(bench.node(second, "/a/b/two")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("2");
        assertThat(watched.filesOpened()).isEqualTo(1);
        assertThat(actions())
                .containsExactlyInAnyOrder(
                        "/a/b/two modified",
                        "/a/b modified",
                        "/a modified",
                        "/a/one unchanged",
                        "/c/three unchanged",
                        "/c unchanged");
    }

    @Test
    void the_same_size_and_another_time_is_read_again() throws IOException {
        change(() -> Files.setLastModifiedTime(folder.resolve("a/one"), FileTime.fromMillis(1_700_000_000_123L)));
        assertThat(watched.filesOpened()).isEqualTo(1);
        assertThat(bench.added.dataBlobs()).isZero();
    }

    @Test
    void a_new_file_and_a_new_directory_are_new() throws IOException {
        SavedTree second = change(() -> {
            Files.createDirectory(folder.resolve("c/new"));
            Files.writeString(folder.resolve("c/new/file"), "new");
        });
        assertThat(second.counts().filesNew()).isEqualTo(1);
        assertThat(second.counts().dirsNew()).isEqualTo(1);
        assertThat(second.counts().dirsChanged()).isEqualTo(1);
    }

    @Test
    void a_deleted_file_is_gone_and_its_directory_changed() throws IOException {
        SavedTree second = change(() -> Files.delete(folder.resolve("c/three")));
        assertThat(bench.all(second)).doesNotContainKey("/c/three");
        assertThat(second.counts()).isEqualTo(new SavedTree.Counts(0, 0, 2, 0, 1, 2, 2, 6));
    }

    @Test
    void a_file_that_became_a_directory_is_a_changed_directory() throws IOException {
        SavedTree second = change(() -> {
            Files.delete(folder.resolve("a/one"));
            Files.createDirectory(folder.resolve("a/one"));
        });
        assertThat(bench.node(second, "/a/one").type()).isEqualTo(NodeType.DIR);
        assertThat(second.counts().dirsChanged()).isEqualTo(2);
        assertThat(second.counts().dirsNew()).isZero();
    }

    @Test
    void a_link_that_became_a_file_is_a_changed_file() throws IOException {
        SavedTree second = change(() -> {
            Files.delete(folder.resolve("c/link"));
            Files.writeString(folder.resolve("c/link"), "file");
        });
        assertThat(second.counts().filesChanged()).isEqualTo(1);
        assertThat(bench.content(bench.node(second, "/c/link"))).hasSize(4);
    }

    @Test
    void another_mode_is_saved_and_the_file_read_because_its_change_time_moved() throws IOException {
        SavedTree second = change(this::chmod);
        assertThat(second.counts().filesChanged()).isEqualTo(1);
        assertThat(watched.filesOpened()).isEqualTo(1);
        assertThat(bench.node(second, "/a/one").mode()).isEqualTo(0600);
    }

    @Test
    void ignoring_change_times_saves_the_mode_without_reading_and_counts_as_unmodified() throws IOException {
        SavedTree first = bench.backup(in(folder).request());
        chmod();
        SavedTree second = bench.backup(in(folder).since(first).ignoreCtime().request(), watched);
        assertThat(watched.filesOpened()).isZero();
        assertThat(second.counts().filesUnmodified()).isEqualTo(3);
        assertThat(second.counts().dirsChanged()).isEqualTo(1);
        assertThat(bench.node(second, "/a/one").mode()).isEqualTo(0600);
    }

    @Test
    void another_inode_is_read_unless_inodes_are_ignored() throws IOException {
        SavedTree first = bench.backup(in(folder).request());
        Path copy = folder.resolve("a/copy");
        Files.copy(folder.resolve("a/one"), copy, StandardCopyOption.COPY_ATTRIBUTES);
        Files.move(copy, folder.resolve("a/one"), StandardCopyOption.REPLACE_EXISTING);

        bench.backup(in(folder).since(first).ignoreCtime().request(), watched);
        assertThat(watched.filesOpened()).isEqualTo(1);

        SavedTree third = bench.backup(in(folder).since(first).ignoreInode().request(), watched);
        assertThat(watched.filesOpened()).isEqualTo(1);
        assertThat(third.counts().filesUnmodified()).isEqualTo(3);
    }

    @Test
    void content_the_index_does_not_know_is_reported_and_read_again() {
        SavedTree first = bench.backup(in(folder).request());
        ObjectId lost =
                Objects.requireNonNull(bench.node(first, "/a/one").content()).getFirst();
        BlobIndex index = bench.index();

        SavedTree second = bench.backup(
                in(folder).since(first).request(), watched, index, new IndexWithout(index, BlobHandle.data(lost)));

        assertThat(watched.filesOpened()).isEqualTo(1);
        assertThat(second.unreadable()).isEqualTo(1);
        assertThat(bench.unreadable())
                .singleElement()
                .asString()
                .startsWith(folder.resolve("a/one") + ": it did not change, but parts of it are not in the index");
        assertThat(second.tree()).isEqualTo(first.tree());
    }

    @Test
    void a_parent_tree_that_is_lost_is_reported_and_the_files_below_are_new() {
        SavedTree first = bench.backup(in(folder).request());
        ObjectId lost = Objects.requireNonNull(bench.node(first, "/a").subtree());
        BlobIndex index = bench.index();

        SavedTree second = bench.backup(
                in(folder).since(first).request(), watched, index, new IndexWithout(index, BlobHandle.tree(lost)));

        assertThat(second.unreadable()).isEqualTo(1);
        assertThat(bench.unreadable())
                .containsExactly(
                        folder.resolve("a") + ": tree " + lost + " of the parent snapshot is not in the index");
        assertThat(second.counts()).isEqualTo(new SavedTree.Counts(2, 0, 1, 1, 0, 2, 3, 11));
        assertThat(second.tree()).isEqualTo(first.tree());
    }

    @Test
    void a_parent_root_that_does_not_exist_is_reported() {
        ObjectId nowhere = ObjectId.hash(new byte[] {1, 2, 3});
        SavedTree saved = bench.backup(in(folder).since(nowhere).request());
        assertThat(saved.unreadable()).isEqualTo(1);
        assertThat(saved.counts().filesNew()).isEqualTo(3);
    }

    @Test
    void a_parent_node_of_another_name_is_no_predecessor() throws IOException {
        SavedTree second = change(() -> Files.move(folder.resolve("a/one"), folder.resolve("a/uno")));
        assertThat(second.counts().filesNew()).isEqualTo(1);
        assertThat(bench.all(second)).containsKey("/a/uno").doesNotContainKey("/a/one");
        assertThat(bench.added.dataBlobs()).isZero();
    }

    private interface Action {
        void run() throws IOException;
    }

    /// Saves, changes something, and saves again.
    private SavedTree change(Action action) throws IOException {
        SavedTree first = bench.backup(in(folder).request());
        action.run();
        return bench.backup(in(folder).since(first).request(), watched);
    }

    private void chmod() throws IOException {
        Files.setPosixFilePermissions(folder.resolve("a/one"), PosixFilePermissions.fromString("rw-------"));
    }

    private List<String> actions() {
        return bench.events(BackupEvent.ItemDone.class).stream()
                .map(event -> event.path() + " " + event.action())
                .toList();
    }

    /// An index from which one blob was lost.
    private record IndexWithout(BlobIndex index, BlobHandle lost) implements BlobIndex {
        @Override
        public boolean contains(BlobHandle handle) {
            return !handle.equals(lost) && index.contains(handle);
        }

        @Override
        public List<BlobLocation> find(BlobHandle handle) {
            return handle.equals(lost) ? List.of() : index.find(handle);
        }

        @Override
        public int plainLength(BlobHandle handle) {
            return handle.equals(lost) ? -1 : index.plainLength(handle);
        }

        @Override
        public long size() {
            return index.size() - 1;
        }

        @Override
        public void forEachPack(Consumer<PackContent> consumer) {
            index.forEachPack(consumer);
        }

        @Override
        public void close() {
            index.close();
        }
    }
}
