package dev.reprise.operations.restore;

import static dev.reprise.operations.restore.SampleRepository.dir;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TreeReaderTest {
    private final MemoryStorage storage = new MemoryStorage();
    private SampleRepository sample;
    private ObjectId root;

    @BeforeEach
    void create() {
        sample = new SampleRepository(storage);
        ObjectId inner = sample.tree(sample.file("app.dump", "dump ", "of ", "app"), sample.file("grüße", "hello"));
        root = sample.tree(dir("db", inner), sample.file("empty"));
        sample.finish();
    }

    @AfterEach
    void close() {
        sample.close();
    }

    private TreeReader reader() {
        return new TreeReader(sample.repository, sample.index);
    }

    @Test
    void a_tree_is_its_nodes_in_order() {
        try (var reader = reader()) {
            assertThat(reader.tree(root))
                    .extracting(node -> node.name().toString())
                    .containsExactly("db", "empty");
        }
    }

    @Test
    void a_path_finds_its_node() {
        try (var reader = reader()) {
            assertThat(reader.find(root, "/db/app.dump").size()).isEqualTo(11);
            assertThat(reader.find(root, "db//grüße").size()).isEqualTo(5);
            assertThat(reader.find(root, "/db").subtree()).isNotNull();
        }
    }

    @Test
    void a_path_that_leads_nowhere_is_named() {
        try (var reader = reader()) {
            for (String path : List.of("/db/none", "/empty/below", "/none/app.dump", "/", "")) {
                assertThatThrownBy(() -> reader.find(root, path))
                        .as(path)
                        .isInstanceOf(RepositoryException.class)
                        .hasMessageContaining("\"" + path + "\"");
            }
        }
    }

    @Test
    void a_missing_tree_is_named() {
        ObjectId nowhere = ObjectId.hash(new byte[] {1});
        try (var reader = reader()) {
            assertThatThrownBy(() -> reader.tree(nowhere))
                    .isInstanceOf(RepositoryException.class)
                    .hasMessageContaining(nowhere.hex());
        }
    }

    @Test
    void content_comes_in_order_in_pieces_of_any_size() throws IOException {
        var random = new Random(20240501);
        var expected = new ByteArrayOutputStream();
        var ids = new ArrayList<ObjectId>();
        for (int i = 0; i < 40; i++) {
            byte[] chunk = new byte[random.nextInt(1, 5000)];
            random.nextBytes(chunk);
            expected.write(chunk);
            ids.add(sample.data(chunk));
        }
        Node file = SampleRepository.file("f", expected.size(), ids);
        sample.finish();

        var content = new ByteArrayOutputStream();
        try (var reader = reader();
                InputStream stream = reader.open(file)) {
            byte[] buffer = new byte[777];
            for (int read = stream.read(buffer, 0, 1 + random.nextInt(777));
                    read >= 0;
                    read = stream.read(buffer, 0, 1 + random.nextInt(777))) {
                content.write(buffer, 0, read);
                int single = stream.read();
                if (single >= 0) {
                    content.write(single);
                }
            }
            assertThat(stream.read()).isEqualTo(-1);
        }

        assertThat(content.toByteArray()).isEqualTo(expected.toByteArray());
    }

    /// Each read waits until as many are under way as the place serves: one after the other would never end.
    @Test
    @Timeout(60)
    void as_many_blobs_are_fetched_at_a_time_as_the_place_serves() throws IOException {
        var ids = new ArrayList<ObjectId>();
        for (int i = 0; i < 20; i++) {
            ids.add(sample.data("part " + i + ","));
        }
        sample.finish();
        var together = new CountDownLatch(storage.connections());
        var faulty = new FaultyStorage(storage, 1);
        try (Repository repository = SampleRepository.openAlone(faulty)) {
            var index = repository.loadIndex((_, reason) -> {
                throw reason;
            });
            faulty.on(FaultyStorage.Operation.READ).slow(Duration.ZERO, _ -> {
                together.countDown();
                try {
                    together.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            try (var reader = new TreeReader(repository, index);
                    InputStream stream = reader.open(SampleRepository.file("f", 1000, ids))) {
                assertThat(stream.readAllBytes())
                        .asString()
                        .startsWith("part 0,part 1,")
                        .endsWith(",part 18,part 19,");
            }
        }
    }

    @Test
    void an_empty_file_has_no_content() throws IOException {
        try (var reader = reader();
                InputStream stream = reader.open(reader.find(root, "/empty"))) {
            assertThat(stream.read()).isEqualTo(-1);
        }
    }

    @Test
    void a_damaged_blob_ends_the_stream_with_its_name_after_what_was_right() throws IOException {
        BlobHandle damaged = BlobHandle.data(ObjectId.hash("app".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        BlobLocation location = sample.index.find(damaged).getFirst();
        ObjectKey pack = ObjectKey.of(ObjectType.PACK, location.pack());
        byte[] bytes = storage.readAll(pack);
        bytes[Math.toIntExact(location.offset() + 20)] ^= 1;
        storage.delete(pack);
        storage.write(pack, bytes);

        try (var reader = reader();
                InputStream stream = reader.open(reader.find(root, "/db/app.dump"))) {
            assertThat(stream.readNBytes(8)).asString().isEqualTo("dump of ");
            assertThatThrownBy(stream::read)
                    .isInstanceOf(RepositoryException.class)
                    .hasMessageContaining(damaged.id().hex());
            assertThatThrownBy(stream::read).as("again").isInstanceOf(RepositoryException.class);
        }
    }

    @Test
    void closing_early_ends_the_thread_that_reads_ahead() throws IOException {
        var ids = new ArrayList<ObjectId>();
        for (int i = 0; i < 100; i++) {
            ids.add(sample.data("chunk " + i));
        }
        sample.finish();

        try (var reader = reader()) {
            InputStream stream = reader.open(SampleRepository.file("f", 1000, ids));
            assertThat(stream.read()).isEqualTo('c');
            stream.close();

            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("reading ahead");
            assertThatThrownBy(stream::read).isInstanceOf(IOException.class).hasMessage("the stream is closed");
        }
    }

    @Test
    void only_files_have_content() {
        try (var reader = reader()) {
            assertThatThrownBy(() -> reader.open(reader.find(root, "/db")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
