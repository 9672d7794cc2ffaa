package dev.reprise.repository.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachingStorageTest {
    private static final String REPOSITORY = "cd".repeat(32);

    private final MemoryStorage memory = new MemoryStorage();
    private final FaultyStorage place = new FaultyStorage(memory, 1);
    private Instant now = Instant.parse("2026-11-22T00:00:00Z");

    @TempDir
    Path folder;

    private Path kept = Path.of("set before each test");

    @BeforeEach
    void names() {
        kept = folder.resolve("cache").resolve(REPOSITORY);
    }

    private CachingStorage caching(long quota) {
        var folders = new CacheFolders(folder.resolve("cache"), () -> now);
        return Objects.requireNonNull(CachingStorage.in(folders, kept, place, () -> now, quota));
    }

    private ObjectKey store(ObjectType type, int length, long seed) {
        byte[] content = new byte[length];
        new Random(seed).nextBytes(content);
        var key = ObjectKey.of(type, ObjectId.hash(content));
        memory.write(key, content);
        return key;
    }

    private Path copy(ObjectKey key) {
        return kept.resolve(key.type().folder())
                .resolve(key.name().substring(0, 2))
                .resolve(key.name());
    }

    @Test
    void the_layout_is_restics_and_private() throws IOException {
        ObjectKey snapshot = store(ObjectType.SNAPSHOT, 300, 1);
        try (var storage = caching(1_000_000)) {
            storage.readAll(snapshot);
        }
        assertThat(folder.resolve("cache/CACHEDIR.TAG")).content().startsWith("Signature: 8a477f597d28d17");
        assertThat(kept.resolve("version")).hasContent("1");
        assertThat(copy(snapshot)).hasBinaryContent(memory.readAll(snapshot));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy(snapshot))))
                .isEqualTo("rw-------");
    }

    @Test
    void a_file_of_an_old_version_where_a_folder_belongs_gives_way() throws IOException {
        Files.createDirectories(kept);
        Files.writeString(kept.resolve("index"), "the merged index of the first versions");
        ObjectKey index = store(ObjectType.INDEX, 300, 1);
        try (var storage = caching(1_000_000)) {
            storage.readAll(index);
        }
        assertThat(copy(index)).hasBinaryContent(memory.readAll(index));
    }

    @Test
    void snapshots_index_files_and_packs_are_fetched_once_also_by_another_process() {
        for (ObjectType type : new ObjectType[] {ObjectType.SNAPSHOT, ObjectType.INDEX, ObjectType.PACK}) {
            ObjectKey key = store(type, 5000, type.folder().length());
            byte[] range = Arrays.copyOfRange(memory.readAll(key), 100, 300);
            for (int run = 0; run < 2; run++) {
                try (var storage = caching(1_000_000)) {
                    assertThat(storage.<byte[]>read(key, 100, 200, InputStream::readAllBytes))
                            .isEqualTo(range);
                    assertThat(storage.readAll(key)).hasSize(5000);
                }
            }
        }
        assertThat(place.count(Operation.READ)).isEqualTo(3);
    }

    @Test
    void keys_locks_and_the_configuration_are_never_kept() {
        ObjectKey key = store(ObjectType.KEY, 100, 1);
        try (var storage = caching(1_000_000)) {
            storage.readAll(key);
            storage.readAll(key);
        }
        assertThat(place.count(Operation.READ)).isEqualTo(2);
        assertThat(kept.resolve("keys")).doesNotExist();
    }

    @Test
    void a_broken_copy_is_dropped_and_read_again_from_the_place() throws IOException {
        for (ObjectType type : new ObjectType[] {ObjectType.SNAPSHOT, ObjectType.PACK}) {
            ObjectKey key = store(type, 5000, 7);
            try (var storage = caching(1_000_000)) {
                storage.readAll(key);
            }
            byte[] broken = Files.readAllBytes(copy(key));
            broken[4321] ^= 1;
            for (byte[] bad : new byte[][] {broken, Arrays.copyOf(broken, 100), new byte[0]}) {
                Files.write(copy(key), bad);
                try (var storage = caching(1_000_000)) {
                    assertThat(storage.readAll(key)).isEqualTo(memory.readAll(key));
                }
                assertThat(copy(key)).hasBinaryContent(memory.readAll(key));
            }
        }
    }

    @Test
    void what_is_damaged_at_the_place_is_given_as_it_is_and_not_kept() throws IOException {
        ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(new byte[] {1}));
        memory.write(key, new byte[] {2, 3});
        try (var storage = caching(1_000_000)) {
            assertThat(storage.readAll(key)).containsExactly(2, 3);
            assertThat(storage.readAll(key)).containsExactly(2, 3);
        }
        assertThat(copy(key)).doesNotExist();
        assertThat(place.count(Operation.READ)).as("one to keep, two to give").isEqualTo(3);
    }

    @Test
    void an_object_that_is_absent_or_out_of_reach_is_told_as_the_place_does() {
        ObjectKey key = store(ObjectType.SNAPSHOT, 10, 1);
        memory.delete(key);
        try (var storage = caching(1_000_000)) {
            assertThatThrownBy(() -> storage.readAll(key))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
            place.on(Operation.READ).nth(1).fail(Kind.UNREACHABLE);
            assertThatThrownBy(() -> storage.readAll(key))
                    .isInstanceOfSatisfying(
                            StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
        }
    }

    @Test
    void copies_of_what_the_place_no_longer_lists_are_removed_unless_listing_failed() {
        ObjectKey gone = store(ObjectType.SNAPSHOT, 10, 1);
        ObjectKey there = store(ObjectType.SNAPSHOT, 10, 2);
        try (var storage = caching(1_000_000)) {
            storage.readAll(gone);
            storage.readAll(there);
            memory.delete(gone);
            place.on(Operation.LIST).nth(1).failAfterwards(Kind.UNREACHABLE);
            assertThatThrownBy(() -> storage.list(ObjectType.SNAPSHOT, object -> {}))
                    .isInstanceOf(StorageException.class);
            assertThat(copy(gone)).exists();
            storage.list(ObjectType.SNAPSHOT, object -> {});
            assertThat(copy(gone)).doesNotExist();
            assertThat(copy(there)).exists();
        }
    }

    @Test
    void packs_that_were_not_used_for_longest_make_room() throws IOException {
        ObjectKey first = store(ObjectType.PACK, 30_000, 1);
        ObjectKey second = store(ObjectType.PACK, 30_000, 2);
        ObjectKey third = store(ObjectType.PACK, 30_000, 3);
        ObjectKey fourth = store(ObjectType.PACK, 30_000, 4);
        for (ObjectKey key : new ObjectKey[] {first, second, third, first, fourth}) {
            now = now.plusSeconds(60);
            try (var storage = caching(100_000)) {
                storage.readAll(key);
            }
        }
        assertThat(copy(second)).doesNotExist();
        assertThat(copy(first)).exists();
        assertThat(copy(fourth)).exists();
        try (Stream<Path> files = Files.walk(kept.resolve("data"))) {
            assertThat(files.filter(Files::isRegularFile).count()).isEqualTo(2);
        }
    }

    @Test
    void a_cache_that_cannot_be_written_fails_nothing() throws IOException {
        ObjectKey key = store(ObjectType.SNAPSHOT, 100, 1);
        try (var storage = caching(1_000_000)) {
            Files.writeString(kept.resolve("snapshots"), "in the way");
            assertThat(storage.readAll(key)).hasSize(100);
            assertThat(storage.readAll(key)).hasSize(100);
        }
        Path file = Files.writeString(folder.resolve("file"), "");
        var folders = new CacheFolders(file, () -> now);
        assertThat(CachingStorage.in(folders, file.resolve(REPOSITORY), memory, () -> now, 1))
                .isNull();
    }

    /// Nobody can put bytes of theirs into what is read by a link.
    @Test
    void a_link_is_not_followed() throws IOException {
        ObjectKey key = store(ObjectType.SNAPSHOT, 100, 1);
        Path elsewhere = folder.resolve("elsewhere");
        Files.write(elsewhere, memory.readAll(key));
        Files.createDirectories(copy(key).getParent());
        Files.createSymbolicLink(copy(key), elsewhere);
        try (var storage = caching(1_000_000)) {
            assertThat(storage.readAll(key)).hasSize(100);
        }
        assertThat(place.count(Operation.READ)).isEqualTo(1);
    }
}
