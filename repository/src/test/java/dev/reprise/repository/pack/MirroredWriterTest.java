package dev.reprise.repository.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.repository.testing.TestStorage.Operation;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class MirroredWriterTest {
    private static final WriterOptions UNCOMPRESSED = new WriterOptions(Compression.OFF, ByteSize.ofMebibytes(4));

    /// Versions 2, 1 and 2: keys follow from the version, so the first and the third could read each other.
    private final PackFixture first = new PackFixture(2);
    private final PackFixture old = new PackFixture(1);
    private final PackFixture third = new PackFixture(2);
    private final Map<Integer, RuntimeException> left = new ConcurrentHashMap<>();
    private final Random random = new Random(20_261_121);

    private MirroredWriter writer() {
        return new MirroredWriter(List.of(first.writer(), old.writer(), third.writer()), left::put);
    }

    @Test
    void every_repository_gets_every_blob_in_its_own_format() {
        Map<ObjectId, byte[]> blobs = new LinkedHashMap<>();
        try (var writer = writer();
                var session = writer.session()) {
            for (int i = 0; i < 60; i++) {
                byte[] blob = i % 3 == 0
                        ? PackFixture.randomBytes(random, i * 997)
                        : PackFixture.prose(random, 1 + i * 40_000);
                blobs.put(session.save(BlobType.DATA, blob, 0, blob.length).id(), blob);
            }
            writer.finish();
            assertThat(writer.stats().dataBlobs()).isEqualTo(60);
        }
        for (PackFixture repository : List.of(first, old, third)) {
            blobs.forEach((id, blob) ->
                    assertThat(repository.read(BlobHandle.data(id))).isEqualTo(blob));
            repository
                    .packs()
                    .forEach(pack -> assertThat(repository.check(pack.pack(), pack.blobs()))
                            .isEmpty());
        }
        assertThat(old.packs())
                .allSatisfy(pack -> assertThat(pack.blobs())
                        .allSatisfy(blob -> assertThat(blob.compressed()).isFalse()));
        assertThat(left).isEmpty();
    }

    @Test
    void a_compression_of_its_own_is_kept() {
        byte[] prose = PackFixture.prose(random, 100_000);
        try (var writer = new MirroredWriter(List.of(first.writer(), third.writer(UNCOMPRESSED)), left::put);
                var session = writer.session()) {
            session.save(BlobType.DATA, prose, 0, prose.length);
            writer.finish();
        }
        assertThat(first.packs().getFirst().blobs().getFirst().compressed()).isTrue();
        assertThat(third.packs().getFirst().blobs().getFirst().compressed()).isFalse();
    }

    @Test
    void only_those_that_lack_a_blob_store_it() {
        byte[] blob = PackFixture.text("known to the third");
        ObjectId id = third.saveAll(BlobType.DATA, blob).getFirst();
        try (var writer = writer();
                var session = writer.session()) {
            assertThat(session.save(BlobType.DATA, blob, 0, blob.length).fresh())
                    .isTrue();
            assertThat(session.save(BlobType.DATA, blob, 0, blob.length).fresh())
                    .isFalse();
            writer.finish();
        }
        assertThat(third.packs()).hasSize(1);
        assertThat(first.read(BlobHandle.data(id))).isEqualTo(blob);
        assertThat(old.read(BlobHandle.data(id))).isEqualTo(blob);
    }

    @Test
    void one_that_fails_is_left_behind_and_the_others_have_everything() {
        failPacks(first.storage);
        List<byte[]> blobs = new ArrayList<>();
        try (var writer = writer();
                var session = writer.session()) {
            for (int i = 0; i < 12; i++) {
                byte[] blob = PackFixture.randomBytes(random, 1_000_000);
                blobs.add(blob);
                session.save(BlobType.DATA, blob, 0, blob.length);
            }
            writer.finish();
            assertThat(writer.isLive(0)).isFalse();
            assertThat(writer.isLive(1)).isTrue();
        }
        assertThat(left).containsOnlyKeys(0);
        assertThat(left.get(0)).hasMessageContaining("disk on fire");
        assertThat(first.packs()).isEmpty();
        for (byte[] blob : blobs) {
            var handle = BlobHandle.data(ObjectId.hash(blob));
            assertThat(old.read(handle)).isEqualTo(blob);
            assertThat(third.read(handle)).isEqualTo(blob);
        }
    }

    @Test
    void the_first_reason_ends_the_run_when_none_is_left() {
        for (PackFixture repository : List.of(first, old, third)) {
            failPacks(repository.storage);
        }
        byte[] blob = PackFixture.text("nowhere to go");
        try (var writer = writer();
                var session = writer.session()) {
            session.save(BlobType.DATA, blob, 0, blob.length);
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("disk on fire");
            assertThatThrownBy(() -> session.save(BlobType.DATA, blob, 0, blob.length))
                    .isInstanceOf(StorageException.class);
        }
        assertThat(left).containsOnlyKeys(0, 1, 2);
    }

    @Test
    void many_threads_store_the_same_blobs_once_each() throws Exception {
        List<byte[]> blobs = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            blobs.add(PackFixture.prose(random, 3_000));
        }
        try (var writer = writer()) {
            try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
                List<Future<?>> running = new ArrayList<>();
                for (int thread = 0; thread < 6; thread++) {
                    running.add(threads.submit(() -> {
                        try (var session = writer.session()) {
                            blobs.forEach(blob -> session.save(BlobType.DATA, blob, 0, blob.length));
                        }
                    }));
                    if (thread == 2) {
                        writer.finish(); // a checkpoint in between
                    }
                }
                for (Future<?> thread : running) {
                    thread.get();
                }
            }
            writer.finish();
            assertThat(writer.stats().dataBlobs()).isGreaterThanOrEqualTo(400);
        }
        for (PackFixture repository : List.of(first, old, third)) {
            assertThat(repository.packs().stream()
                            .flatMap(pack -> pack.blobs().stream())
                            .count())
                    .isEqualTo(400);
        }
    }

    private static void failPacks(TestStorage storage) {
        storage.hook((operation, type) -> {
            if (operation == Operation.COMMIT && type == ObjectType.PACK) {
                throw TestStorage.failure(Kind.OTHER, "disk on fire");
            }
        });
    }
}
