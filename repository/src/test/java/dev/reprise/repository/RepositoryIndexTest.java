package dev.reprise.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.lock.RepositoryLock.Kind;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.repository.testing.TestStorage.Operation;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("The index a repository gives out")
class RepositoryIndexTest {
    private static final ObjectId PACK = ObjectId.parse("aa".repeat(32));
    private static final int BLOBS = 20_000;

    @TempDir
    Path place;

    private final TestStorage storage = new TestStorage();
    private final Map<ObjectId, RuntimeException> damaged = new TreeMap<>();
    private final Repository repository = init();
    private ObjectId file = PACK;

    private Repository init() {
        var options = new Repository.InitOptions(2, null, new ScryptParameters(2, 1, 1));
        return Repository.init(storage, Secret.of("secret"), options, new SecureRandom(), InstantSource.system());
    }

    @BeforeEach
    void saveIndex() {
        var json = new StringBuilder("{\"packs\":[{\"id\":\"" + PACK.hex() + "\",\"blobs\":[");
        for (int i = 0; i < BLOBS; i++) {
            json.append(i == 0 ? "" : ",")
                    .append("{\"id\":\"")
                    .append(blob(i).hex())
                    .append("\",\"type\":\"data\",\"offset\":%d,\"length\":40}".formatted(40 * i));
        }
        file = repository
                .unpacked()
                .save(ObjectType.INDEX, json.append("]}]}\n").toString().getBytes(StandardCharsets.US_ASCII));
        repository.keepIndexIn(new CacheFolders(place, InstantSource.system()));
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private static ObjectId blob(int number) {
        return new ObjectId(7, number, 8, 9);
    }

    @Test
    void is_kept_and_still_complete_in_another_process() {
        repository.loadIndex(damaged::put);
        repository.close();
        storage.hook((operation, type) -> {
            if (operation == Operation.READ && type == ObjectType.INDEX) {
                throw new AssertionError("an index file was read");
            }
        });

        try (Repository again =
                Repository.open(storage, Secret.of("secret"), new SecureRandom(), InstantSource.system())) {
            again.keepIndexIn(new CacheFolders(place, InstantSource.system()));
            BlobIndex index = again.loadIndex(damaged::put);

            assertThat(index.size()).isEqualTo(BLOBS);
            assertThat(index.find(BlobHandle.data(blob(19_999))))
                    .singleElement()
                    .satisfies(found -> assertThat(found.offset()).isEqualTo(799_960));
        }
        assertThat(damaged).isEmpty();
    }

    /// The same for the documents of snapshots.
    @Test
    void snapshots_come_from_the_place_for_those_who_examine_it() {
        repository.keepSnapshotsIn(new CacheFolders(place, InstantSource.system()));
        ObjectId bad = ObjectId.NULL;
        for (int i = 0; i < 64; i++) {
            String json = "{\"time\":\"2024-01-01T00:00:%02dZ\"}".formatted(i % 60);
            bad = repository.unpacked().save(ObjectType.SNAPSHOT, json.getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(repository.snapshots(damaged::put)).hasSize(64);
        byte[] bytes = storage.bytes(ObjectKey.of(ObjectType.SNAPSHOT, bad));
        bytes[bytes.length / 2] ^= 1;

        assertThat(repository.snapshots(damaged::put)).hasSize(64);
        assertThat(damaged).isEmpty();
        repository.readPastCopies();
        assertThat(repository.snapshots(damaged::put)).hasSize(63);
        assertThat(damaged).containsOnlyKeys(bad);
    }

    @Test
    void does_not_come_from_the_cache_for_those_who_examine_it() {
        repository.loadIndex(damaged::put);
        byte[] bytes = storage.bytes(ObjectKey.of(ObjectType.INDEX, file));
        bytes[bytes.length / 2] ^= 1;

        assertThat(repository.loadIndex(damaged::put).size()).isEqualTo(BLOBS);
        assertThat(damaged).isEmpty();
        assertThat(repository.readIndex(damaged::put).size()).isZero();
        assertThat(damaged).containsOnlyKeys(file);
    }

    @Test
    void ends_with_the_repository() {
        BlobIndex kept = repository.loadIndex(damaged::put);
        BlobIndex read = repository.readIndex(damaged::put);
        read.close();
        repository.close();

        assertThatThrownBy(() -> kept.contains(BlobHandle.data(blob(1)))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> read.contains(BlobHandle.data(blob(1)))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void of_a_repository_whose_id_names_no_folder_is_kept_nowhere() throws Exception {
        Path elsewhere = Files.createDirectory(place.resolve("empty"));
        var folders = new CacheFolders(elsewhere, InstantSource.system());

        assertThat(folders.folder("")).isNull();
        assertThat(folders.folder("..")).isNull();
        assertThat(folders.folder("../" + "ab".repeat(31))).isNull();
        assertThat(folders.folder(repository.config().id()))
                .isEqualTo(elsewhere.resolve(repository.config().id()));
    }

    @Test
    void is_read_while_the_lock_settles_and_not_again() {
        var reads = new AtomicInteger();
        storage.hook((operation, type) -> {
            if (operation == Operation.READ && type == ObjectType.INDEX) {
                reads.incrementAndGet();
            }
        });
        try (RepositoryLock _ = repository.lockToReadIndex(Kind.SHARED, Duration.ZERO)) {
            assertThat(reads).hasValue(1);

            assertThat(repository.readIndex(damaged::put).size()).isEqualTo(BLOBS);
            assertThat(reads).hasValue(1);
        }
        assertThat(repository.readIndex(damaged::put).size()).isEqualTo(BLOBS);
        assertThat(reads).hasValue(2);
        assertThat(damaged).isEmpty();
    }

    @Test
    void that_was_read_before_the_lock_was_held_is_dropped_when_an_index_file_went() {
        var lists = new AtomicInteger();
        storage.hook((operation, type) -> {
            // Looked at before the lock is written, and again when it is settled: then another has just pruned.
            if (operation == Operation.LIST && type == ObjectType.LOCK && lists.incrementAndGet() == 2) {
                storage.delete(ObjectKey.of(ObjectType.INDEX, file));
            }
        });

        try (RepositoryLock _ = repository.lockToLoadIndex(Kind.SHARED, Duration.ZERO)) {
            assertThat(repository.loadIndex(damaged::put).size()).isZero();
        }
        assertThat(lists).hasValue(2);
        assertThat(damaged).isEmpty();
    }

    @Test
    void that_was_read_under_an_announced_lock_refuses_it_when_one_of_its_files_went() {
        RepositoryLock lock = repository.announceLock(Kind.SHARED);
        assertThat(repository.loadIndex(damaged::put).size()).isEqualTo(BLOBS);
        storage.delete(ObjectKey.of(ObjectType.INDEX, file));

        assertThatThrownBy(lock::ensureHeld).hasMessageContaining("was pruned or repaired at the moment");
        assertThat(storage.count(ObjectType.LOCK)).isZero();
    }

    @Test
    void that_was_read_under_an_announced_lock_is_good_although_others_added_to_it() {
        try (RepositoryLock lock = repository.announceLock(Kind.SHARED)) {
            assertThat(repository.loadIndex(damaged::put).size()).isEqualTo(BLOBS);
            repository.unpacked().save(ObjectType.INDEX, "{\"packs\":[]}".getBytes(StandardCharsets.US_ASCII));

            lock.ensureHeld();
        }
    }

    @Test
    void comes_with_snapshots_that_are_read_once_unless_one_came_or_went() {
        var reads = new AtomicInteger();
        ObjectId first = repository.save(snapshot("2026-01-15T10:00:00Z"));
        storage.hook((operation, type) -> {
            if (operation == Operation.READ && type == ObjectType.SNAPSHOT) {
                reads.incrementAndGet();
            }
        });
        var early = new ArrayList<ObjectId>();
        try (RepositoryLock _ = repository.lockToLoadIndex(Kind.SHARED, Duration.ZERO, (snapshots, index) -> {
            snapshots.forEach(stored -> early.add(stored.id()));
            assertThat(index.size()).isEqualTo(BLOBS);
        })) {
            assertThat(early).containsExactly(first);
            assertThat(snapshotIds()).containsExactly(first);
            assertThat(reads).hasValue(1);
        }
        try (RepositoryLock _ = repository.lockToReadSnapshots(Kind.SHARED, Duration.ZERO)) {
            ObjectId second = repository.save(snapshot("2026-01-15T11:00:00Z"));
            assertThat(snapshotIds()).containsExactly(first, second);
            storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, first));
            assertThat(snapshotIds()).containsExactly(second);
        }
    }

    private static Snapshot snapshot(String time) {
        return new Snapshot(
                OffsetDateTime.parse(time),
                null,
                blob(1),
                List.of("/srv"),
                "host",
                "root",
                0,
                0,
                List.of(),
                List.of(),
                null,
                "",
                null,
                Map.of());
    }

    private List<ObjectId> snapshotIds() {
        return repository.snapshots(damaged::put).stream()
                .map(StoredSnapshot::id)
                .toList();
    }

    @Test
    void that_is_damaged_is_told_although_it_was_read_early() {
        byte[] bytes = storage.bytes(ObjectKey.of(ObjectType.INDEX, file));
        bytes[bytes.length / 2] ^= 1;

        try (RepositoryLock _ = repository.lockToLoadIndex(Kind.SHARED, Duration.ZERO)) {
            assertThat(repository.loadIndex(damaged::put).size()).isZero();
        }
        assertThat(damaged).containsOnlyKeys(file);
    }

    @Test
    void read_early_through_the_cache_is_not_given_to_those_who_examine_it() {
        repository.loadIndex(damaged::put);
        byte[] bytes = storage.bytes(ObjectKey.of(ObjectType.INDEX, file));
        bytes[bytes.length / 2] ^= 1;

        try (RepositoryLock _ = repository.lockToLoadIndex(Kind.SHARED, Duration.ZERO)) {
            assertThat(repository.readIndex(damaged::put).size()).isZero();
        }
        assertThat(damaged).containsOnlyKeys(file);
    }

    @Test
    void that_was_read_early_is_the_only_one_there_is() {
        try (RepositoryLock _ = repository.lockToReadIndex(Kind.SHARED, Duration.ZERO)) {
            assertThat(repository.ownedIndexes()).isEqualTo(1);

            repository.readIndex(damaged::put);

            assertThat(repository.ownedIndexes()).isEqualTo(1);
        }
    }

    @Test
    void that_was_read_early_is_freed_when_an_index_file_came() {
        try (RepositoryLock _ = repository.lockToReadIndex(Kind.SHARED, Duration.ZERO)) {
            repository.unpacked().save(ObjectType.INDEX, "{\"packs\":[]}".getBytes(StandardCharsets.US_ASCII));

            BlobIndex index = repository.readIndex(damaged::put);

            assertThat(repository.ownedIndexes()).isEqualTo(1);
            assertThat(index.size()).isEqualTo(BLOBS);
        }
    }

    @Test
    void that_was_read_early_is_freed_when_the_other_kind_is_asked_for() {
        try (RepositoryLock _ = repository.lockToLoadIndex(Kind.SHARED, Duration.ZERO)) {
            BlobIndex index = repository.readIndex(damaged::put);

            assertThat(repository.ownedIndexes()).isEqualTo(1);
            assertThat(index.size()).isEqualTo(BLOBS);
        }
    }

    @Test
    void that_was_read_early_is_freed_when_another_lock_reads_it_again() {
        try (RepositoryLock _ = repository.lockToReadIndex(Kind.SHARED, Duration.ZERO);
                RepositoryLock _ = repository.lockToReadIndex(Kind.SHARED, Duration.ZERO)) {
            assertThat(repository.ownedIndexes()).isEqualTo(1);
            assertThat(repository.readIndex(damaged::put).size()).isEqualTo(BLOBS);
            assertThat(repository.ownedIndexes()).isEqualTo(1);
        }
    }

    @Test
    void that_is_damaged_is_not_held_from_early_on() {
        byte[] bytes = storage.bytes(ObjectKey.of(ObjectType.INDEX, file));
        bytes[bytes.length / 2] ^= 1;

        try (RepositoryLock _ = repository.lockToReadIndex(Kind.SHARED, Duration.ZERO)) {
            assertThat(repository.ownedIndexes()).isZero();
        }
    }

    @Test
    void is_given_pack_by_pack_without_being_held() {
        var entries = new AtomicInteger();

        repository.readIndex(
                (pack, said) -> {
                    assertThat(pack).isEqualTo(PACK);
                    entries.addAndGet(said.size());
                    return false;
                },
                damaged::put);

        assertThat(entries).hasValue(BLOBS);
        assertThat(repository.ownedIndexes()).isZero();
        assertThat(damaged).containsOnlyKeys(file);
        assertThat(damaged.get(file)).hasMessageContaining("differently");
    }
}
