package dev.reprise.operations.backup;

import static dev.reprise.operations.backup.Bench.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesBackupFailuresTest {
    @TempDir
    Path folder;

    private final Bench bench = new Bench();

    @BeforeEach
    void fill() throws IOException {
        folder = Files.createDirectory(folder.toRealPath().resolve("data"));
        Files.createDirectories(folder.resolve("sub"));
        Files.writeString(folder.resolve("a"), "a");
        Files.writeString(folder.resolve("b"), "b");
        Files.writeString(folder.resolve("sub/c"), "c");
    }

    @AfterEach
    void close() {
        assertThat(Threads.ofBackup()).isEmpty();
        bench.close();
    }

    private interface Action {
        void run() throws IOException;
    }

    /// Does something just before a call on one path, the first time only.
    private WatchedTree before(String call, String name, Action action) {
        var first = new AtomicInteger();
        return new WatchedTree((c, path) -> {
            if (c.equals(call) && path.equals(folder.resolve(name).toString()) && first.getAndIncrement() == 0) {
                action.run();
            }
        });
    }

    private WatchedTree failing(String call, String name, IOException failure) {
        return before(call, name, () -> {
            throw failure;
        });
    }

    private SavedTree backup(WatchedTree files) {
        SavedTree saved = bench.backup(in(folder).request(), files);
        assertThat(files.handlesOpen()).isZero();
        return saved;
    }

    @Nested
    @DisplayName("An item that cannot be read is reported, counted and left out:")
    class Unreadable {
        @Test
        void a_file_that_may_not_be_opened() {
            SavedTree saved = backup(failing("openFile", "a", new AccessDeniedException("a")));
            assertThat(bench.all(saved)).containsOnlyKeys("/b", "/sub", "/sub/c");
            assertThat(saved.unreadable()).isEqualTo(1);
            assertThat(bench.unreadable()).containsExactly(folder.resolve("a") + ": access denied");
        }

        @Test
        void a_directory_that_may_not_be_opened() {
            SavedTree saved = backup(failing("open", "sub", new FileSystemException("sub", null, "not permitted")));
            assertThat(bench.all(saved)).containsOnlyKeys("/a", "/b");
            assertThat(bench.unreadable()).containsExactly(folder.resolve("sub") + ": not permitted");
        }

        @Test
        void a_directory_that_cannot_be_listed() {
            SavedTree saved = backup(failing("names", "sub", new IOException("input/output error")));
            assertThat(bench.all(saved)).containsOnlyKeys("/a", "/b");
            assertThat(bench.unreadable()).containsExactly(folder.resolve("sub") + ": input/output error");
        }

        @Test
        void a_file_whose_disk_fails_in_the_middle() throws IOException {
            byte[] large = new byte[4 << 20];
            new Random(7).nextBytes(large);
            Files.write(folder.resolve("large"), large);
            var reads = new AtomicInteger();
            var files = new WatchedTree((call, path) -> {
                if (call.equals("read") && path.endsWith("/large") && reads.incrementAndGet() == 15) {
                    throw new IOException("input/output error");
                }
            });
            SavedTree saved = backup(files);
            assertThat(bench.all(saved)).containsOnlyKeys("/a", "/b", "/sub", "/sub/c");
            assertThat(bench.unreadable()).containsExactly(folder.resolve("large") + ": input/output error");
            assertThat(saved.counts().totalFiles()).isEqualTo(3);
        }

        @Test
        void a_file_that_became_a_directory_after_it_was_looked_at() {
            SavedTree saved = backup(before("openFile", "a", () -> {
                Files.delete(folder.resolve("a"));
                Files.createDirectory(folder.resolve("a"));
            }));
            assertThat(bench.all(saved)).doesNotContainKey("/a").containsKey("/b");
            assertThat(saved.unreadable()).isEqualTo(1);
        }

        @Test
        void a_file_replaced_by_a_link_which_is_not_followed() {
            SavedTree saved = backup(before("openFile", "a", () -> {
                Files.delete(folder.resolve("a"));
                Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
            }));
            assertThat(bench.all(saved)).doesNotContainKey("/a").containsKey("/b");
            assertThat(saved.unreadable()).isEqualTo(1);
        }

        @Test
        void a_directory_replaced_by_a_link_which_is_not_followed() {
            SavedTree saved = backup(before("open", "sub", () -> {
                Files.move(folder.resolve("sub"), folder.resolve("moved"));
                Files.createSymbolicLink(folder.resolve("sub"), Path.of("moved"));
            }));
            assertThat(bench.all(saved)).doesNotContainKey("/sub").containsKey("/b");
            assertThat(saved.unreadable()).isEqualTo(1);
        }

        @Test
        void a_file_that_vanished_after_it_was_looked_at() {
            SavedTree saved = backup(before("openFile", "a", () -> Files.delete(folder.resolve("a"))));
            assertThat(bench.all(saved)).doesNotContainKey("/a");
            assertThat(saved.unreadable()).isEqualTo(1);
        }
    }

    @Test
    void a_file_that_vanished_before_it_was_looked_at_is_skipped_in_silence() {
        SavedTree saved = backup(before("stat", "a", () -> Files.delete(folder.resolve("a"))));
        assertThat(bench.all(saved)).containsOnlyKeys("/b", "/sub", "/sub/c");
        assertThat(saved.unreadable()).isZero();
        assertThat(bench.unreadable()).isEmpty();
    }

    @Test
    void a_file_whose_attributes_cannot_be_read_is_saved_without_them() {
        SavedTree saved = backup(failing("xattrs", "a", new IOException("no attributes today")));
        assertThat(bench.node(saved, "/a").content()).hasSize(1);
        assertThat(saved.unreadable()).isEqualTo(1);
        assertThat(bench.unreadable())
                .containsExactly(folder.resolve("a") + ": extended attributes: no attributes today");
    }

    @Test
    void what_a_growing_file_had_when_it_was_read_is_saved() {
        SavedTree saved = backup(before(
                "read", "a", () -> Files.writeString(folder.resolve("a"), " and more", StandardOpenOption.APPEND)));
        Node node = bench.node(saved, "/a");
        assertThat(node.size()).isEqualTo(10);
        assertThat(bench.content(node)).asString().isEqualTo("a and more");
        assertThat(saved.counts().totalBytes()).isEqualTo(12);
        assertThat(saved.unreadable()).isZero();
    }

    @Test
    void a_small_file_that_grows_beyond_one_chunk_is_saved_whole() throws IOException {
        byte[] large = new byte[3 << 20];
        new Random(11).nextBytes(large);
        SavedTree saved = backup(before("read", "a", () -> Files.write(folder.resolve("a"), large)));
        assertThat(ObjectId.hash(bench.content(bench.node(saved, "/a")))).isEqualTo(ObjectId.hash(large));
    }

    @Test
    void what_a_shrinking_file_had_when_it_was_read_is_saved() throws IOException {
        Files.write(folder.resolve("a"), new byte[2 << 20]);
        SavedTree saved = backup(before("read", "a", () -> Files.write(folder.resolve("a"), new byte[100])));
        Node node = bench.node(saved, "/a");
        assertThat(node.size()).isEqualTo(100);
        assertThat(bench.content(node)).hasSize(100);
    }

    @Test
    void the_metadata_is_that_of_the_file_that_was_opened() throws IOException {
        Path other = Files.writeString(folder.resolveSibling("other"), "other content");
        long inode = ((Number) Files.getAttribute(other, "unix:ino")).longValue();
        SavedTree saved = backup(before(
                "openFile",
                "a",
                () -> Files.move(other, folder.resolve("a"), java.nio.file.StandardCopyOption.REPLACE_EXISTING)));
        assertThat(bench.node(saved, "/a").inode()).isEqualTo(inode);
        assertThat(bench.node(saved, "/a").size()).isEqualTo(13);
    }

    @Test
    void a_name_listed_twice_is_saved_once() {
        RawName a = RawName.of("a");
        var files =
                new WatchedTree().listing(folder.resolve("sub").toString(), List.of(RawName.of("c"), RawName.of("c")));
        SavedTree saved = bench.backup(in(folder).request(), files);
        assertThat(bench.nodes(java.util.Objects.requireNonNull(
                        bench.node(saved, "/sub").subtree())))
                .hasSize(1);
        assertThat(bench.all(saved)).containsKey("/" + a);
        assertThat(bench.events(BackupEvent.Warning.class)).hasSize(1);
    }

    @Test
    void a_file_that_turned_into_a_fifo_does_not_block_the_run() throws Exception {
        SavedTree saved = backup(before("openFile", "a", () -> {
            Files.delete(folder.resolve("a"));
            try {
                new ProcessBuilder("mkfifo", folder.resolve("a").toString())
                        .start()
                        .waitFor();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }));
        assertThat(bench.all(saved)).doesNotContainKey("/a");
        assertThat(saved.unreadable()).isEqualTo(1);
        assertThat(bench.node(bench.backup(in(folder).request()), "/a").type()).isEqualTo(NodeType.FIFO);
    }

    @Test
    void the_first_failure_of_a_worker_ends_the_run_once_and_closes_everything() throws IOException {
        manyFiles();
        var failure = new IllegalStateException("a bug");
        var files = new WatchedTree((call, path) -> {
            if (call.equals("openFile") && path.endsWith("/f77")) {
                throw failure;
            }
        });
        assertThatThrownBy(() -> bench.backup(in(folder).workers(4).request(), files))
                .isSameAs(failure);
        assertThat(files.handlesOpen()).isZero();
    }

    @Test
    void a_full_place_ends_the_run_and_a_later_one_succeeds() throws IOException {
        byte[] large = new byte[30 << 20];
        new Random(9).nextBytes(large);
        Files.write(folder.resolve("large"), large);
        var faulty = new FaultyStorage(new MemoryStorage(), 1);
        try (var failing = new Bench(faulty)) {
            faulty.leaveSpace(20 << 20);
            var files = new WatchedTree();
            assertThatThrownBy(() -> failing.backup(in(folder).workers(4).request(), files))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.FULL));
            assertThat(files.handlesOpen()).isZero();
            assertThat(Threads.ofBackup()).isEmpty();

            faulty.heal();
            SavedTree saved = failing.backup(in(folder).workers(4).request());
            assertThat(ObjectId.hash(failing.content(failing.node(saved, "/large"))))
                    .isEqualTo(ObjectId.hash(large));
        }
    }

    @Test
    void a_parent_tree_the_place_does_not_give_is_reported_and_everything_read() {
        var faulty = new FaultyStorage(new MemoryStorage(), 1);
        try (var failing = new Bench(faulty)) {
            SavedTree first = failing.backup(in(folder).request());
            var index = failing.index();
            faulty.on(FaultyStorage.Operation.READ).from(1).fail(StorageException.Kind.UNREACHABLE);
            SavedTree second = failing.backup(in(folder).since(first).request(), new WatchedTree(), index, index);
            assertThat(second.tree()).isEqualTo(first.tree());
            assertThat(second.unreadable()).isEqualTo(1);
            assertThat(second.counts().filesNew()).isEqualTo(3);
            assertThat(failing.unreadable())
                    .singleElement()
                    .asString()
                    .startsWith("/: tree " + first.tree() + " of the parent snapshot cannot be read: ");
        }
    }

    @Test
    void a_listener_that_throws_ends_the_run() {
        var failure = new IllegalArgumentException("listener");
        try (var writer = bench.writer(bench.index())) {
            var backup =
                    new FilesBackup(bench.repository, bench.index(), writer, new WatchedTree(), Bench.ZONE, event -> {
                        if (event instanceof BackupEvent.Started) {
                            throw failure;
                        }
                    });
            assertThatThrownBy(() -> backup.run(in(folder).request())).isSameAs(failure);
        }
    }

    @Test
    void interrupting_the_caller_ends_the_run_promptly() throws Exception {
        manyFiles();
        var reading = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        var files = new WatchedTree((call, path) -> {
            if (call.equals("read") && path.endsWith("/f77")) {
                reading.countDown();
                try {
                    never.await();
                } catch (InterruptedException e) {
                    throw new IOException("interrupted", e);
                }
            }
        });
        var outcome = new AtomicReference<Throwable>();
        var flag = new AtomicReference<Boolean>();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                bench.backup(in(folder).workers(2).request(), files);
            } catch (RuntimeException e) {
                outcome.set(e);
                flag.set(Thread.currentThread().isInterrupted());
            }
        });
        reading.await();
        caller.interrupt();
        caller.join();
        assertThat(outcome.get()).isInstanceOf(CancelledException.class).hasMessage("interrupted while saving files");
        assertThat(flag.get()).isTrue();
        assertThat(files.handlesOpen()).isZero();
        assertThat(bench.unreadable()).isEmpty();
    }

    @Test
    void no_worker_is_no_run() {
        assertThatThrownBy(() -> bench.backup(in(folder).workers(0).request()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void manyFiles() throws IOException {
        for (int i = 0; i < 200; i++) {
            Path sub = Files.createDirectories(folder.resolve("d" + i % 5));
            Files.write(sub.resolve("f" + i), new byte[1000 + i]);
        }
        Files.write(folder.resolve("large"), new byte[6 << 20]);
    }
}
