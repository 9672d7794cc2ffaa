package dev.reprise.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Secret;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.pack.PackCheck;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotCodec;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Secret PASSWORD = Secret.of("correct horse");
    private static final Repository.InitOptions CHEAP =
            new Repository.InitOptions(2, null, new ScryptParameters(2, 1, 1));

    private static void fail(ObjectId id, RuntimeException reason) {
        throw reason;
    }

    @TempDir
    private Path directory;

    private static Repository init(Storage storage) {
        return Repository.init(storage, PASSWORD, CHEAP, RANDOM, InstantSource.system());
    }

    private static Repository open(Storage storage) {
        return Repository.open(storage, PASSWORD, RANDOM, InstantSource.system());
    }

    private static List<ObjectKey> keys(Storage storage, ObjectType type) {
        List<ObjectKey> keys = new ArrayList<>();
        storage.list(type, object -> keys.add(object.key()));
        return keys;
    }

    private static Snapshot snapshot(String time) {
        return new Snapshot(
                OffsetDateTime.parse(time),
                null,
                ObjectId.hash(new byte[] {1}),
                List.of("/srv"),
                "db1",
                "root",
                0,
                0,
                List.of(),
                List.of("nightly"),
                null,
                "reprise 0.1.0",
                null,
                Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "restic-v1, 1, b702d6c4800ee8b2771f9a5880d7a8350bd6d4c7f40cbcad59669bec48db2a30, 23add4590295d7, 2",
        "restic-v2, 2, edb67646654633986a5394c05443916f5ecc521f03e770ad4b04c1317f7be1ca, 22253083f96b27, 2",
        "restic-v1-multichunk, 1, 13e4ccad5aadf1dbb7051df5a787016e974f080c12fd958b28eccd644f92a678, 25f447d994d7df, 2",
        "restic-v2-0.19, 2, b637e9b4bf5befe1c98f64a5d9bde4ab7146fef9689b8dbdca5bf19ed4b647b8, 37408f3bb9b5ab, 3",
    })
    void repositories_written_by_restic_open(String name, int version, String id, String polynomial, int snapshots)
            throws IOException {
        try (Repository repository = ResticFixture.open(name, directory)) {
            assertThat(repository.config())
                    .isEqualTo(new RepositoryConfig(version, id, Polynomial.parse(polynomial), Map.of()));
            List<StoredSnapshot> found = repository.snapshots(RepositoryTest::fail);
            assertThat(found).hasSize(snapshots);
            for (StoredSnapshot stored : found) {
                byte[] stock = repository.unpacked().load(ObjectType.SNAPSHOT, stored.id());
                assertThat(new String(SnapshotCodec.encode(stored.snapshot()), UTF_8))
                        .isEqualTo(new String(stock, UTF_8));
            }
            everyBlobReads(repository);
        }
    }

    private static void everyBlobReads(Repository repository) {
        BlobIndex index = repository.loadIndex(RepositoryTest::fail);
        assertThat(index.size()).isPositive();
        try (PackCheck check = repository.packCheck()) {
            index.forEachPack(pack -> assertThat(check.check(pack.pack(), pack.blobs()))
                    .as("pack %s", pack.pack())
                    .isEmpty());
        }
    }

    @Test
    void the_newest_fixture_says_what_its_golden_files_say() throws IOException {
        try (Repository repository = ResticFixture.open("restic-v2-0.19", directory)) {
            ObjectId third = ObjectId.parse("11bd662454508ee7c750fd44f806fb8b3622bdb34fbb24adfa6c5d738c158ee0");
            Snapshot snapshot = repository.snapshot(third);
            assertThat(new String(SnapshotCodec.encode(snapshot), UTF_8))
                    .isEqualTo(new String(ResticFixture.golden("cat-snapshot-third.json"), UTF_8)
                            .replaceAll("\\n *", "")
                            .replace("\": ", "\":"));
            assertThat(snapshot.tags()).containsExactly("third", "retagged");
            assertThat(new String(repository.unpacked().load(ObjectType.INDEX, indexId(repository)), UTF_8).strip())
                    .isEqualTo(new String(ResticFixture.golden("cat-index.json"), UTF_8).strip());
        }
    }

    private static ObjectId indexId(Repository repository) {
        return ObjectId.parse(
                keys(repository.storage(), ObjectType.INDEX).getFirst().name());
    }

    @Test
    void a_wrong_password_is_exit_status_12() {
        Storage storage = new MemoryStorage();
        init(storage).close();
        assertThatThrownBy(() -> Repository.open(storage, Secret.of("guess"), RANDOM, InstantSource.system()))
                .isInstanceOfSatisfying(
                        RepriseException.class, e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.WRONG_PASSWORD))
                .hasMessage("the password opens none of the 1 keys of memory:");
    }

    @Test
    void an_empty_place_is_exit_status_10() {
        assertThatThrownBy(() -> open(new MemoryStorage()))
                .isInstanceOfSatisfying(
                        RepriseException.class, e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.NO_REPOSITORY))
                .hasMessage("there is no repository at memory:");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void a_new_repository_opens_again_and_keeps_what_was_saved(int version) {
        Storage storage = new MemoryStorage();
        Repository.InitOptions options = new Repository.InitOptions(version, null, new ScryptParameters(2, 1, 1));
        RepositoryConfig config;
        ObjectId id;
        try (Repository created = Repository.init(storage, PASSWORD, options, RANDOM, InstantSource.system())) {
            config = created.config();
            id = created.save(snapshot("2024-01-15T10:00:00+01:00"));
        }
        try (Repository opened = open(storage)) {
            assertThat(opened.config()).isEqualTo(config);
            assertThat(config.version()).isEqualTo(version);
            assertThat(ObjectId.isName(config.id())).isTrue();
            assertThat(opened.snapshot(id)).isEqualTo(snapshot("2024-01-15T10:00:00+01:00"));
        }
    }

    @Test
    void a_polynomial_given_at_init_is_used() {
        Polynomial polynomial = Polynomial.parse("3da3358b4dc173");
        var options = new Repository.InitOptions(2, polynomial, new ScryptParameters(2, 1, 1));
        try (Repository created =
                Repository.init(new MemoryStorage(), PASSWORD, options, RANDOM, InstantSource.system())) {
            assertThat(created.config().polynomial()).isEqualTo(polynomial);
        }
    }

    @Test
    void the_key_is_written_before_the_configuration() {
        FaultyStorage storage = new FaultyStorage(new MemoryStorage(), 1);
        init(storage).close();
        List<String> written = storage.history().stream()
                .filter(event -> event.operation() == FaultyStorage.Operation.COMMIT)
                .map(FaultyStorage.Event::path)
                .toList();
        assertThat(written).hasSize(2);
        assertThat(written.getFirst()).startsWith("keys/");
        assertThat(written.getLast()).isEqualTo("config");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CONFIG", "KEY", "SNAPSHOT"})
    void a_place_that_holds_a_part_of_a_repository_is_not_initialised(ObjectType type) {
        Storage storage = new MemoryStorage();
        ObjectKey key = type == ObjectType.CONFIG ? ObjectKey.CONFIG : ObjectKey.of(type, ObjectId.NULL);
        storage.write(key, new byte[] {1});
        assertThatThrownBy(() -> init(storage))
                .hasMessage("there already is a repository, or a part of one, at memory:");
        assertThat(storage.readAll(key)).containsExactly(1);
    }

    @Test
    void an_empty_password_makes_no_repository() {
        Storage storage = new MemoryStorage();
        assertThatThrownBy(() -> Repository.init(storage, Secret.of(""), CHEAP, RANDOM, InstantSource.system()))
                .isInstanceOf(RepositoryException.class)
                .hasMessage("an empty password protects nothing");
        assertThat(storage.size(ObjectKey.CONFIG)).isEqualTo(-1);
    }

    @Test
    void any_flipped_bit_of_the_configuration_is_noticed_and_named() {
        Storage storage = new MemoryStorage();
        init(storage).close();
        byte[] good = storage.readAll(ObjectKey.CONFIG);
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] changed = good.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            storage.write(ObjectKey.CONFIG, changed);
            assertThatThrownBy(() -> open(storage))
                    .as("bit %d", bit)
                    .hasMessage("config is damaged: its authentication code does not match");
        }
    }

    @Test
    void a_snapshot_with_any_flipped_bit_is_named_and_the_others_are_listed() {
        Storage storage = new MemoryStorage();
        try (Repository repository = init(storage)) {
            ObjectId good = repository.save(snapshot("2024-01-15T10:00:00Z"));
            ObjectId bad = repository.save(snapshot("2024-01-16T10:00:00Z"));
            ObjectKey key = ObjectKey.of(ObjectType.SNAPSHOT, bad);
            byte[] bytes = storage.readAll(key);
            for (int bit = 0; bit < bytes.length * 8; bit += 7) {
                byte[] changed = bytes.clone();
                changed[bit / 8] ^= (byte) (1 << (bit % 8));
                replace(storage, key, changed);
                Map<ObjectId, String> damaged = new HashMap<>();
                List<StoredSnapshot> found = repository.snapshots((id, reason) -> damaged.put(id, reason.getMessage()));
                assertThat(found).extracting(StoredSnapshot::id).containsExactly(good);
                assertThat(damaged)
                        .containsOnly(Map.entry(
                                bad,
                                "snapshot " + bad.hex() + " is damaged: its " + bytes.length
                                        + " bytes do not hash to its name"));
            }
        }
    }

    private static void replace(Storage storage, ObjectKey key, byte[] content) {
        storage.delete(key);
        storage.write(key, content);
    }

    @Test
    void snapshots_are_listed_oldest_first_by_instant() {
        try (Repository repository = init(new MemoryStorage())) {
            repository.save(snapshot("2024-01-15T12:00:00+05:00"));
            repository.save(snapshot("2024-01-15T06:00:00-05:00"));
            repository.save(snapshot("2024-01-15T08:00:00.000000001Z"));
            repository.save(snapshot("2024-01-15T08:00:00Z"));
            assertThat(repository.snapshots((id, reason) -> {}))
                    .extracting(stored -> stored.snapshot().time().toString())
                    .containsExactly(
                            "2024-01-15T12:00+05:00",
                            "2024-01-15T08:00Z",
                            "2024-01-15T08:00:00.000000001Z",
                            "2024-01-15T06:00-05:00");
        }
    }

    @Test
    void members_other_programs_wrote_into_the_configuration_are_kept() {
        byte[] json =
                "{\"version\":2,\"id\":\"x\",\"chunker_polynomial\":\"3da3358b4dc173\",\"is_hot\":true,\"a\":[1, {}]}"
                        .getBytes(UTF_8);
        RepositoryConfig config = RepositoryConfig.parse(json);
        assertThat(config.unknown()).containsExactly(Map.entry("is_hot", "true"), Map.entry("a", "[1, {}]"));
        assertThat(config.json()).isEqualTo(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"version\":3,\"id\":\"x\",\"chunker_polynomial\":\"3da3358b4dc173\"} | its format version is 3, only 1 and 2 are known",
                "{\"id\":\"x\",\"chunker_polynomial\":\"3da3358b4dc173\"} | its format version is 0, only 1 and 2 are known",
                "{\"version\":2,\"chunker_polynomial\":\"\"} | not a chunker polynomial (expected like 3da3358b4dc173): ",
                "{\"version\":2,\"chunker_polynomial\":\"3da3358b4dc172\"} | chunker polynomial 3da3358b4dc172 is reducible",
                "{\"version\":2,\"chunker_polynomial\":\"13\"} | chunker polynomial 13 has degree 4, not 53",
                "{\"version\":\"2\"} | its member \"version\" is not a whole number of 64 bits",
                "[] | it is not a JSON object",
            })
    void a_configuration_we_cannot_work_with_says_why(String json, String reason) {
        assertThatThrownBy(() -> RepositoryConfig.parse(json.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .message()
                .isEqualToIgnoringWhitespace(reason);
    }

    @Test
    void random_configurations_are_read_or_refused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] good = "{\"version\":2,\"id\":\"x\",\"chunker_polynomial\":\"3da3358b4dc173\"}".getBytes(UTF_8);
        for (int i = 0; i < 5_000; i++) {
            byte[] changed = good.clone();
            for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(RepositoryConfig.parse(changed).version()).isBetween(1, 2);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as("seed %d", seed).message().isNotBlank();
            }
        }
    }

    @Test
    void a_lock_is_there_while_it_is_held() {
        Storage storage = new MemoryStorage();
        try (Repository repository = init(storage)) {
            try (RepositoryLock lock = repository.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
                lock.ensureHeld();
                assertThat(keys(storage, ObjectType.LOCK)).hasSize(1);
            }
            assertThat(keys(storage, ObjectType.LOCK)).isEmpty();
        }
    }

    @Test
    void a_closed_repository_can_no_longer_seal() {
        Repository repository = init(new MemoryStorage());
        repository.close();
        assertThatThrownBy(() -> repository.save(snapshot("2024-01-15T10:00:00Z")))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void blobs_come_back_from_a_repository_that_was_closed_in_between(int version) {
        Storage storage = new MemoryStorage();
        Repository.InitOptions options = new Repository.InitOptions(version, null, new ScryptParameters(2, 1, 1));
        byte[] content = new byte[100_000];
        new Random(3).nextBytes(content);
        ObjectId id = ObjectId.hash(content);
        try (Repository created = Repository.init(storage, PASSWORD, options, RANDOM, InstantSource.system());
                RepositoryLock lock = created.lock(RepositoryLock.Kind.SHARED, Duration.ZERO);
                BlobWriter writer =
                        created.writer(created.loadIndex(RepositoryTest::fail), lock, WriterOptions.DEFAULT)) {
            try (BlobWriter.Session session = writer.session()) {
                assertThat(session.save(BlobType.DATA, content, 0, content.length)
                                .id())
                        .isEqualTo(id);
            }
            writer.finish();
        }
        try (Repository opened = open(storage)) {
            BlobIndex index = opened.loadIndex(RepositoryTest::fail);
            try (BlobReader reader = opened.reader(index);
                    PackCheck check = opened.packCheck()) {
                assertThat(reader.read(BlobHandle.data(id))).isEqualTo(content);
                index.forEachPack(pack ->
                        assertThat(check.check(pack.pack(), pack.blobs())).isEmpty());
            }
        }
    }
}
