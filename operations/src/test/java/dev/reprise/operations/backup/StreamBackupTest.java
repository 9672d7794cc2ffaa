package dev.reprise.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.operations.backup.StreamBackup.StoredStream;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamBackupTest {
    private static final ZonedDateTime TIME = ZonedDateTime.parse("2026-11-21T10:00:00.5+01:00");

    private final Bench bench = new Bench();
    private final BlobWriter writer = bench.writer(bench.index());

    @AfterEach
    void close() {
        writer.close();
        assertThat(Threads.ofBackup()).isEmpty();
        bench.close();
    }

    private StreamBackup backup(int workers) {
        return new StreamBackup(bench.repository, writer, TIME, 1000, 100, workers, bench.events::add);
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private SavedTree finish(StreamBackup backup) {
        SavedTree saved = backup.finish();
        writer.finish();
        return saved;
    }

    @Test
    void a_stream_becomes_a_file_with_the_snapshots_time_and_nothing_else() throws IOException {
        var backup = backup(2);
        backup.store("db/app.dump", text("content"));
        SavedTree saved = finish(backup);

        var time = new NodeTime(1795251600, 500_000_000, 3600);
        Node file = bench.node(saved, "/db/app.dump");
        assertThat(bench.content(file)).asString().isEqualTo("content");
        assertThat(file.type()).isEqualTo(NodeType.FILE);
        assertThat(file.mode()).isEqualTo(0644);
        assertThat(List.of(file.mtime(), file.atime(), file.ctime())).containsOnly(time);
        assertThat(file.size()).isEqualTo(7);
        assertThat(file.uid()).isEqualTo(1000);
        assertThat(file.gid()).isEqualTo(100);
        assertThat(file.user() + file.group()).isEmpty();
        assertThat(file.inode() + file.deviceId() + file.links()).isZero();
        Node directory = bench.node(saved, "/db");
        assertThat(directory.mode()).isEqualTo(2147484141L);
        assertThat(directory.mtime()).isEqualTo(time);
        assertThat(saved.paths()).containsExactly("/db/app.dump");
        assertThat(saved.counts()).isEqualTo(new SavedTree.Counts(1, 0, 0, 1, 0, 0, 1, 7));
    }

    @ParameterizedTest(name = "{0} workers")
    @ValueSource(ints = {1, 2, 7})
    void a_long_stream_has_the_chunks_a_file_would_have(int workers) throws IOException {
        byte[] content = new byte[12 << 20];
        new Random(5).nextBytes(content);
        java.util.Arrays.fill(content, 4 << 20, 6 << 20, (byte) 0);
        var backup = backup(workers);

        StoredStream stored = backup.store("big", new Dribble(content, new Random(6)));

        SavedTree saved = finish(backup);
        assertThat(stored).isEqualTo(new StoredStream("big", content.length, ObjectId.hash(content)));
        assertThat(bench.node(saved, "/big").content())
                .isEqualTo(Sequential.chunks(bench.repository.chunker(), content));
        assertThat(ObjectId.hash(bench.content(bench.node(saved, "/big")))).isEqualTo(stored.sha256());
    }

    @Test
    void an_empty_stream_is_an_empty_file() throws IOException {
        var backup = backup(2);
        StoredStream stored = backup.store("empty", InputStream.nullInputStream());
        SavedTree saved = finish(backup);
        assertThat(stored.bytes()).isZero();
        assertThat(stored.sha256().hex()).isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(bench.node(saved, "/empty").content()).isEmpty();
    }

    @Test
    void several_streams_share_their_directories() throws IOException {
        var backup = backup(1);
        backup.store("pg/globals.sql", text("1"));
        backup.store("pg/app/dump", text("22"));
        backup.store("facts.json", text("333"));
        SavedTree saved = finish(backup);
        assertThat(bench.all(saved))
                .containsOnlyKeys("/pg", "/pg/globals.sql", "/pg/app", "/pg/app/dump", "/facts.json");
        assertThat(saved.counts()).isEqualTo(new SavedTree.Counts(3, 0, 0, 2, 0, 0, 3, 6));
        assertThat(saved.paths()).containsExactly("/pg/globals.sql", "/pg/app/dump", "/facts.json");
    }

    @Test
    void a_stream_that_breaks_gets_into_no_tree() throws IOException {
        var backup = backup(2);
        backup.store("whole", text("whole"));
        var broken = new InputStream() {
            private int left = 3 << 20;

            @Override
            public int read() throws IOException {
                throw new IOException("not this way");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (left <= 0) {
                    throw new IOException("connection reset");
                }
                int n = Math.min(length, left);
                left -= n;
                return n;
            }
        };
        assertThatThrownBy(() -> backup.store("broken", broken))
                .isInstanceOf(IOException.class)
                .hasMessage("connection reset");
        assertThat(Threads.ofBackup()).isEmpty();
        assertThat(bench.all(finish(backup))).containsOnlyKeys("/whole");
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "/abs", "a//b", "a/", "a/../b", ".", "..", "a/."})
    void a_path_has_plain_names_only(String path) {
        assertThatThrownBy(() -> backup(1).store(path, text("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(path);
    }

    @Test
    void two_streams_cannot_have_the_same_place() throws IOException {
        var backup = backup(1);
        backup.store("a/b", text("x"));
        assertThatThrownBy(() -> backup.store("a/b", text("y"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> backup.store("a", text("y"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> backup.store("a/b/c", text("y"))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_place_that_fails_ends_the_stream_with_its_reason() {
        var faulty = new FaultyStorage(new MemoryStorage(), 1);
        try (var failing = new Bench(faulty);
                BlobWriter broken = failing.writer(failing.index())) {
            faulty.leaveSpace(1 << 20);
            byte[] content = new byte[40 << 20];
            new Random(8).nextBytes(content);
            var backup = new StreamBackup(failing.repository, broken, TIME, 3, BackupListener.SILENT);
            assertThatThrownBy(() -> backup.store("big", new ByteArrayInputStream(content)))
                    .isInstanceOf(StorageException.class);
        }
    }

    @Test
    void interrupting_the_caller_ends_it() throws Exception {
        var backup = backup(2);
        var started = new CountDownLatch(1);
        var endless = new InputStream() {
            @Override
            public int read() {
                return 1;
            }

            @Override
            public int read(byte[] into, int offset, int length) {
                started.countDown();
                into[offset] = (byte) offset;
                return 1 + length / 2;
            }
        };
        var outcome = new AtomicReference<Throwable>();
        Thread caller = Thread.ofPlatform().start(() -> {
            try {
                backup.store("endless", endless);
            } catch (IOException | RuntimeException e) {
                outcome.set(e);
            }
        });
        started.await();
        caller.interrupt();
        caller.join();
        assertThat(outcome.get()).isInstanceOf(CancelledException.class);
    }

    /// Gives bytes in small, odd portions.
    private static final class Dribble extends InputStream {
        private final ByteArrayInputStream content;
        private final Random random;

        Dribble(byte[] content, Random random) {
            this.content = new ByteArrayInputStream(content);
            this.random = random;
        }

        @Override
        public int read() {
            return content.read();
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            return content.read(into, offset, Math.min(length, 1 + random.nextInt(100_000)));
        }
    }
}
