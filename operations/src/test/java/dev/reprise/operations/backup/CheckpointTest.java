package dev.reprise.operations.backup;

import static dev.reprise.operations.backup.Bench.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.sources.files.FileTree;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
    private static final String HOST = "host";
    private static final Instant TIME = Instant.parse("2026-11-21T10:00:00Z");
    private static final long PATIENCE_NANOS = 60_000_000_000L;

    @TempDir
    Path folder;

    private final Bench bench = new Bench();
    private final List<String> opened = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void fill() throws IOException {
        folder = Files.createDirectory(folder.toRealPath().resolve("data"));
        Files.createDirectories(folder.resolve("sub/deep"));
        Files.writeString(folder.resolve("a"), "a");
        Files.writeString(folder.resolve("sub/b"), "b");
        Files.writeString(folder.resolve("sub/deep/c"), "c");
        Files.writeString(folder.resolve("sub/deep/zz"), "last");
    }

    @AfterEach
    void close() {
        assertThat(Threads.ofBackup()).isEmpty();
        bench.close();
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private SnapshotBackup.Outcome run(FileTree files, Duration every, List<StoredSnapshot> begun) {
        var backup = new SnapshotBackup(
                bench.repository,
                bench.index(),
                RepositoryLock.notNeeded(),
                WriterOptions.DEFAULT,
                new BackupSnapshots(HOST, "root", 0, 0, "test", Bench.ZONE),
                files,
                InstantSource.fixed(TIME),
                bench.events::add,
                every);
        var source = new BackupRequest.Files(in(folder).workers(1).request());
        return backup.run(new BackupRequest(source, TIME, TIME, List.of(), List.of(), false), null, begun);
    }

    /// Stops at the last file until what came before is written down, then dies.
    private void runUntilKilled() {
        var files = new WatchedTree((call, path) -> {
            if (call.equals("openFile") && path.endsWith("/zz")) {
                awaitCheckpoint();
                throw new Killed();
            }
        });
        assertThatThrownBy(() -> run(files, Duration.ZERO, List.of())).isInstanceOf(Killed.class);
    }

    private void awaitCheckpoint() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (partials().isEmpty()) {
            assertThat(System.nanoTime()).as("waiting for a checkpoint").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private List<ObjectKey> partials() {
        var keys = new ArrayList<ObjectKey>();
        bench.storage.list(ObjectType.PARTIAL, object -> keys.add(object.key()));
        return keys;
    }

    private List<StoredSnapshot> begun() {
        return new PartialSnapshots(bench.repository).of(HOST, List.of(folder.toString()), bench.index());
    }

    private SnapshotBackup.Outcome secondRun() {
        return run(
                new WatchedTree((call, path) -> {
                    if (call.equals("openFile")) {
                        opened.add(folder.relativize(Path.of(path)).toString());
                    }
                }),
                Duration.ofHours(1),
                begun());
    }

    @Test
    void after_a_kill_only_what_was_not_finished_is_read_again() {
        ObjectId undisturbed;
        try (var other = new Bench()) {
            undisturbed = other.backup(in(folder).request()).tree();
        }
        runUntilKilled();

        var outcome = secondRun();

        assertThat(opened).containsExactly("sub/deep/zz");
        assertThat(outcome.saved().tree()).isEqualTo(undisturbed);
        assertThat(outcome.saved().counts().filesNew()).isEqualTo(4);
        assertThat(bench.unreadable()).isEmpty();
    }

    @Test
    void a_killed_run_leaves_a_partial_snapshot_and_no_snapshot() {
        runUntilKilled();

        assertThat(snapshots()).isEmpty();
        assertThat(begun()).singleElement().satisfies(partial -> {
            assertThat(partial.snapshot().paths()).containsExactly(folder.toString());
            assertThat(bench.all(new SavedTree(
                                    partial.snapshot().tree(),
                                    List.of(),
                                    new SavedTree.Counts(0, 0, 0, 0, 0, 0, 0, 0),
                                    0))
                            .keySet())
                    .containsExactly("/a", "/sub", "/sub/b", "/sub/deep", "/sub/deep/c");
        });
    }

    @Test
    void the_snapshot_replaces_the_partial_ones() {
        runUntilKilled();

        secondRun();

        assertThat(partials()).isEmpty();
        assertThat(snapshots()).hasSize(1);
    }

    @Test
    void a_file_that_changed_since_is_read_again() throws IOException {
        runUntilKilled();
        Files.writeString(folder.resolve("sub/b"), "other");

        var outcome = secondRun();

        assertThat(opened).containsExactlyInAnyOrder("sub/b", "sub/deep/zz");
        assertThat(bench.content(bench.node(outcome.saved(), "/sub/b")))
                .isEqualTo("other".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void what_a_prune_removed_meanwhile_is_read_again() {
        runUntilKilled();
        for (ObjectType type : List.of(ObjectType.INDEX, ObjectType.PACK)) {
            var keys = new ArrayList<ObjectKey>();
            bench.storage.list(type, object -> keys.add(object.key()));
            keys.forEach(bench.storage::delete);
        }

        var outcome = secondRun();

        assertThat(opened).hasSize(4);
        assertThat(outcome.saved().unreadable()).isZero();
        assertThat(bench.content(bench.node(outcome.saved(), "/a"))).isEqualTo("a".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void other_paths_and_hosts_do_not_continue_it() {
        runUntilKilled();
        var partial = new PartialSnapshots(bench.repository);

        assertThat(partial.of("another", List.of(folder.toString()), bench.index()))
                .isEmpty();
        assertThat(partial.of(HOST, List.of(folder.toString(), "/more"), bench.index()))
                .isEmpty();
    }

    private List<StoredSnapshot> snapshots() {
        return bench.repository.snapshots((id, reason) -> {
            throw new AssertionError("snapshot " + id, reason);
        });
    }
}
