package dev.reprise.repository.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.testing.PlainObjects;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The cache of snapshots")
class SnapshotCacheTest {
    private static final String REPOSITORY = "5f".repeat(32);
    private static final Instant FIRST = Instant.parse("2024-01-01T00:00:00Z");

    @TempDir
    Path place;

    private final TestStorage storage = new TestStorage();
    private final PlainObjects objects = new PlainObjects(storage);
    private final List<ObjectId> saved = new ArrayList<>();
    private final Map<ObjectId, RuntimeException> damaged = new TreeMap<>();
    private long keySeed = 1;
    private String repository = REPOSITORY;

    private KeySet keys() {
        byte[] bytes = new byte[KeySet.BYTES];
        new Random(keySeed).nextBytes(bytes);
        return KeySet.of(bytes);
    }

    private Path file() {
        return place.resolve(REPOSITORY).resolve("merged-snapshots");
    }

    /// Hourly ones.
    private void save(int count) {
        for (int i = 0; i < count; i++) {
            save("/srv");
        }
    }

    private ObjectId save(String path) {
        String json = "{\"time\":\"%s\",\"tree\":\"%s\",\"paths\":[\"%s\"]}"
                .formatted(FIRST.plusSeconds(3600L * saved.size()), "ab".repeat(32), path);
        ObjectId id = objects.save(ObjectType.SNAPSHOT, json.getBytes(UTF_8));
        saved.add(id);
        return id;
    }

    private void remove(ObjectId id) {
        storage.delete(ObjectKey.of(ObjectType.SNAPSHOT, id));
        saved.remove(id);
    }

    private List<StoredSnapshot> load() {
        var cache = new SnapshotCache(
                new CacheFolders(place, InstantSource.fixed(FIRST)), this::keys, repository, new SecureRandom());
        return new Snapshots(storage, objects).load(cache, damaged::put);
    }

    /// Lists as without a cache, and returns how many snapshots were read at the place for it.
    private int read() {
        int before = storage.reads();
        List<StoredSnapshot> listed = load();
        int reads = storage.reads() - before;
        assertThat(listed).isEqualTo(new Snapshots(storage, objects).load((_, _) -> {}));
        return reads;
    }

    @Test
    void says_what_was_read_before_and_nothing_is_read_again() {
        save(100);

        assertThat(read()).isEqualTo(100);
        assertThat(read()).isZero();
        assertThat(load()).extracting(StoredSnapshot::id).isEqualTo(saved);
    }

    @Test
    void is_not_made_of_few() {
        save(63);

        assertThat(read()).isEqualTo(63);
        assertThat(read()).isEqualTo(63);
        assertThat(place).isEmptyDirectory();
    }

    @Test
    void leaves_new_ones_to_be_read_until_they_are_many() {
        save(100);
        read();
        save(63);
        assertThat(read()).isEqualTo(63);
        assertThat(read()).as("63 are not worth writing all again").isEqualTo(63);
        save(1);

        assertThat(read()).isEqualTo(64);
        assertThat(read()).isZero();
    }

    @Test
    void never_shows_one_that_is_gone() {
        save(100);
        read();
        ObjectId gone = saved.get(50);
        remove(gone);

        assertThat(read()).isZero();
        assertThat(load()).extracting(StoredSnapshot::id).doesNotContain(gone).hasSize(99);
    }

    @Test
    void forgets_those_that_are_gone_when_they_are_many() throws IOException {
        save(200);
        read();
        long before = Files.size(file());
        List.copyOf(saved.subList(0, 100)).forEach(this::remove);

        assertThat(read()).isZero();
        assertThat(Files.size(file())).isLessThan(before * 2 / 3);
        assertThat(read()).isZero();
    }

    @Test
    void is_not_asked_about_one_that_has_another_size_now() {
        save(100);
        read();
        ObjectId changed = saved.get(7);
        storage.replace(ObjectKey.of(ObjectType.SNAPSHOT, changed), new byte[] {1});

        assertThat(load()).hasSize(99);
        assertThat(damaged).containsOnlyKeys(changed);
    }

    @Test
    void holds_no_damaged_one() {
        save(100);
        ObjectId bad = saved.get(7);
        storage.replace(ObjectKey.of(ObjectType.SNAPSHOT, bad), new byte[] {1});

        assertThat(load()).hasSize(99);
        damaged.clear();
        assertThat(load()).hasSize(99);
        assertThat(damaged).containsOnlyKeys(bad);
    }

    @Test
    void leaves_very_large_ones_to_be_read_and_is_not_written_again_for_them() throws IOException {
        save(100);
        for (int i = 0; i < 70; i++) {
            save("/" + "x".repeat(64 * 1024));
        }
        assertThat(read()).isEqualTo(170);
        byte[] before = Files.readAllBytes(file());

        assertThat(read()).isEqualTo(70);
        assertThat(Files.readAllBytes(file())).isEqualTo(before).hasSizeLessThan(100_000);
    }

    @Test
    void is_of_one_repository_and_one_key() {
        save(100);
        read();
        keySeed = 2;
        assertThat(read()).isEqualTo(100);
        keySeed = 1;
        assertThat(read()).isEqualTo(100);
        repository = "6e".repeat(32);
        assertThat(read()).isEqualTo(100);
    }

    @Test
    void shows_nothing_of_what_is_in_it() throws IOException {
        save(100);
        read();

        assertThat(new String(Files.readAllBytes(file()), UTF_8)).doesNotContain("srv", "tree", "2024");
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.of(1), new Random().longs(4));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void is_made_anew_when_a_bit_of_it_has_flipped(long seed) throws IOException {
        save(100);
        read();
        byte[] bytes = Files.readAllBytes(file());
        int bit = new Random(seed).nextInt(8 * bytes.length);
        bytes[bit / 8] ^= (byte) (1 << (bit % 8));
        Files.write(file(), bytes);

        assertThat(read()).isEqualTo(100);
        assertThat(read()).isZero();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void is_made_anew_when_it_was_cut_off(long seed) throws IOException {
        save(100);
        read();
        byte[] bytes = Files.readAllBytes(file());
        Files.write(file(), Arrays.copyOf(bytes, new Random(seed).nextInt(bytes.length)));

        assertThat(read()).isEqualTo(100);
        assertThat(read()).isZero();
    }
}
