package dev.reprise.repository.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.repository.testing.TestStorage.Operation;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A blob reader")
class BlobReaderTest {
    private final PackFixture repository = new PackFixture(2);
    private final List<String> seen = new ArrayList<>();

    @Test
    void names_a_blob_no_index_knows() {
        BlobHandle unknown = BlobHandle.tree(ObjectId.hash(new byte[0]));

        assertThatThrownBy(() -> repository.read(unknown))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining(unknown + " is missing");
    }

    @Test
    void reads_the_other_copy_when_one_is_damaged_or_gone() {
        byte[] content = PackFixture.text("stored twice");
        PackContent first = storeCopy(content);
        PackContent second = storeCopy(content);
        BlobHandle handle = BlobHandle.data(ObjectId.hash(content));
        assertThat(repository.loadIndex().find(handle)).hasSize(2);

        flip(first.pack(), 20);
        assertThat(repository.read(handle)).isEqualTo(content);
        flip(first.pack(), 20);
        flip(second.pack(), 20);
        assertThat(repository.read(handle)).isEqualTo(content);
        repository.storage.delete(ObjectKey.of(ObjectType.PACK, second.pack()));
        assertThat(repository.read(handle)).isEqualTo(content);
        repository.storage.delete(ObjectKey.of(ObjectType.PACK, first.pack()));
        assertThatThrownBy(() -> repository.read(handle))
                .isInstanceOf(RepositoryException.class)
                .hasMessageContaining("is missing, needed by " + handle);
    }

    @Test
    void names_blob_and_pack_when_the_only_copy_is_damaged() {
        byte[] content = PackFixture.text("only one");
        PackContent pack = storeCopy(content);
        flip(pack.pack(), 20);

        assertThatThrownBy(() -> repository.read(BlobHandle.data(ObjectId.hash(content))))
                .isInstanceOf(RepositoryException.class)
                .hasMessageStartingWith(
                        "data blob %s in pack %s is damaged: ".formatted(ObjectId.hash(content), pack.pack()));
    }

    @Test
    void names_the_pack_that_ends_too_early() {
        byte[] content = PackFixture.text("cut off");
        PackContent pack = storeCopy(content);
        repository.replacePack(pack.pack(), Arrays.copyOf(repository.packBytes(pack.pack()), 30));

        assertThatThrownBy(() -> repository.read(BlobHandle.data(ObjectId.hash(content))))
                .isInstanceOf(RepositoryException.class)
                .hasMessageStartingWith("pack %s is damaged: it ends before data blob".formatted(pack.pack()));
    }

    @Test
    void does_not_take_an_unreachable_storage_for_damage() {
        byte[] content = PackFixture.text("out of reach");
        PackContent pack = storeCopy(content);
        repository.storage.hook((operation, type) -> {
            if (operation == Operation.READ && type == ObjectType.PACK) {
                throw TestStorage.failure(Kind.UNREACHABLE, "the network is down");
            }
        });

        assertThatThrownBy(() -> repository.read(BlobHandle.data(ObjectId.hash(content))))
                .isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> readPack(pack.pack(), pack.blobs())).isInstanceOf(StorageException.class);
        assertThat(seen).isEmpty();
    }

    @Test
    void reads_neighbours_with_one_request_in_the_order_of_their_offsets() {
        List<ObjectId> ids = storeTen();
        PackContent pack = repository.packs().getFirst();
        List<BlobLocation> shuffled = new ArrayList<>(pack.blobs());
        Collections.shuffle(shuffled, new Random(1));
        int before = repository.storage.reads();

        try (BlobReader reader = repository.store.reader(repository.index)) {
            reader.readPack(pack.pack(), shuffled, recorder());
        }

        assertThat(repository.storage.reads() - before).isOne();
        assertThat(seen)
                .containsExactlyElementsOf(ids.stream().map(id -> "good " + id).toList());
    }

    @Test
    void reads_around_large_gaps_and_through_small_ones() {
        var random = new Random(2);
        repository.saveAll(
                BlobType.DATA,
                PackFixture.randomBytes(random, 10),
                PackFixture.randomBytes(random, 10_000),
                PackFixture.randomBytes(random, 20),
                PackFixture.randomBytes(random, 500_000),
                PackFixture.randomBytes(random, 30));
        PackContent pack = repository.packs().getFirst();
        int before = repository.storage.reads();

        try (BlobReader reader = repository.store.reader(repository.index)) {
            reader.readPack(
                    pack.pack(),
                    List.of(
                            pack.blobs().get(0),
                            pack.blobs().get(2),
                            pack.blobs().get(4)),
                    recorder());
        }

        assertThat(seen).hasSize(3);
        assertThat(repository.storage.reads() - before).isEqualTo(2);
    }

    @Test
    void delivers_the_rest_of_a_pack_around_a_damaged_blob() {
        List<ObjectId> ids = storeTen();
        PackContent pack = repository.packs().getFirst();
        BlobLocation fourth = pack.blobs().get(3);
        flip(pack.pack(), (int) fourth.offset() + 5);

        readPack(pack.pack(), pack.blobs());

        List<String> expected =
                new ArrayList<>(ids.stream().map(id -> "good " + id).toList());
        expected.set(
                3,
                "damaged %s: data blob %s in pack %s is damaged: its authentication code does not match"
                        .formatted(ids.get(3), ids.get(3), pack.pack()));
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void delivers_a_damaged_blob_from_another_pack() {
        List<ObjectId> ids = storeTen();
        PackContent pack = repository.packs().getFirst();
        storeCopy(content(3));
        flip(pack.pack(), (int) pack.blobs().get(3).offset() + 5);

        readPack(pack.pack(), pack.blobs());

        assertThat(seen)
                .containsExactlyElementsOf(ids.stream().map(id -> "good " + id).toList());
    }

    @Test
    void delivers_what_a_truncated_pack_still_has() {
        List<ObjectId> ids = storeTen();
        PackContent pack = repository.packs().getFirst();
        int end = (int) pack.blobs().get(7).offset() + 1;
        repository.replacePack(pack.pack(), Arrays.copyOf(repository.packBytes(pack.pack()), end));

        readPack(pack.pack(), pack.blobs());

        assertThat(seen).hasSize(10);
        assertThat(seen.subList(0, 7))
                .isEqualTo(ids.subList(0, 7).stream().map(id -> "good " + id).toList());
        assertThat(seen.subList(7, 10))
                .allMatch(line -> line.contains("pack " + pack.pack() + " is damaged: it ends before data blob"));
    }

    @Test
    void reports_every_blob_of_a_missing_pack() {
        storeTen();
        PackContent pack = repository.packs().getFirst();
        repository.storage.delete(ObjectKey.of(ObjectType.PACK, pack.pack()));

        readPack(pack.pack(), pack.blobs());

        assertThat(seen).hasSize(10).allMatch(line -> line.contains("pack " + pack.pack() + " is missing"));
    }

    @Test
    void passes_the_failure_of_its_consumer_on_and_stops() {
        storeTen();
        PackContent pack = repository.packs().getFirst();
        var full = new IllegalStateException("the disk of the restore is full");
        try (BlobReader reader = repository.store.reader(repository.loadIndex())) {
            assertThatThrownBy(() -> reader.readPack(pack.pack(), pack.blobs(), new BlobReader.PackConsumer() {
                        @Override
                        public void blob(BlobLocation location, byte[] data, int length) {
                            seen.add("one");
                            throw full;
                        }

                        @Override
                        public void damaged(BlobLocation location, RuntimeException reason) {
                            seen.add("damaged");
                        }
                    }))
                    .isSameAs(full);
        }
        assertThat(seen).containsExactly("one");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void gives_every_blob_of_a_randomly_damaged_pack_right_or_names_it(long seed) {
        var random = new Random(seed);
        storeTen();
        PackContent pack = repository.packs().getFirst();
        byte[] good = repository.packBytes(pack.pack()).clone();
        for (int round = 0; round < 30; round++) {
            byte[] damaged = good.clone();
            for (int hits = random.nextInt(4); hits >= 0; hits--) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            int length = random.nextInt(3) == 0 ? random.nextInt(damaged.length) : damaged.length;
            repository.replacePack(pack.pack(), Arrays.copyOf(damaged, length));
            seen.clear();

            readPack(pack.pack(), pack.blobs());

            assertThat(seen).hasSize(10).allMatch(line -> line.startsWith("good ") || line.contains(" is damaged: "));
        }
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.of(1, 2), new Random().longs(4));
    }

    private void readPack(ObjectId pack, List<BlobLocation> blobs) {
        try (BlobReader reader = repository.store.reader(repository.loadIndex())) {
            reader.readPack(pack, blobs, recorder());
        }
    }

    private BlobReader.PackConsumer recorder() {
        return new BlobReader.PackConsumer() {
            @Override
            public void blob(BlobLocation location, byte[] data, int length) {
                assertThat(length).isEqualTo(location.plainLength());
                assertThat(ObjectId.hash(data, 0, length))
                        .isEqualTo(location.handle().id());
                seen.add("good " + location.handle().id());
            }

            @Override
            public void damaged(BlobLocation location, RuntimeException reason) {
                seen.add("damaged %s: %s".formatted(location.handle().id(), reason.getMessage()));
            }
        };
    }

    private List<ObjectId> storeTen() {
        byte[][] contents = new byte[10][];
        for (int i = 0; i < 10; i++) {
            contents[i] = content(i);
        }
        return repository.saveAll(BlobType.DATA, contents);
    }

    private static byte[] content(int number) {
        return PackFixture.prose(new Random(number), 1000 * number + 10);
    }

    /// Stores a blob again although the repository has it, as a parallel backup would.
    private PackContent storeCopy(byte[] content) {
        return repository.storeAlone(content);
    }

    private void flip(ObjectId pack, int at) {
        repository.packBytes(pack)[at] ^= 1;
    }
}
