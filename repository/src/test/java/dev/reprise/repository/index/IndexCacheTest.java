package dev.reprise.repository.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.cache.SealedOutput;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.testing.PlainObjects;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The cache of an index")
class IndexCacheTest {
    private static final String REPOSITORY = "5f".repeat(32);
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    @TempDir
    Path place;

    private final TestStorage storage = new TestStorage();
    private final PlainObjects objects = new PlainObjects(storage);
    private final Map<ObjectId, RuntimeException> damaged = new TreeMap<>();
    private final Random random = new Random(5);
    private KeySet keys = keys(1);
    private String repository = REPOSITORY;

    /// Two index files with 30 000 blobs together.
    @BeforeEach
    void makeRepository() {
        save(20_000);
        save(10_000);
    }

    private static KeySet keys(long seed) {
        byte[] bytes = new byte[KeySet.BYTES];
        new Random(seed).nextBytes(bytes);
        return KeySet.of(bytes);
    }

    private Path root() {
        return place.resolve("reprise");
    }

    private Path folder() {
        return root().resolve(REPOSITORY);
    }

    private Path file() {
        return folder().resolve("merged-index");
    }

    private BlobIndex load() {
        var cache = new IndexCache(
                new CacheFolders(root(), InstantSource.fixed(NOW)), keys, repository, new SecureRandom());
        return IndexFiles.load(objects, storage, 2, cache, damaged::put);
    }

    /// How many index files are read from the repository to load the index.
    private int read() {
        int before = storage.reads();
        load().close();
        return storage.reads() - before;
    }

    private ObjectId save(int blobs) {
        return save(new Random(random.nextLong()), blobs);
    }

    private ObjectId save(Random from, int blobs) {
        try (MergedIndex index = MergedIndex.empty()) {
            List<Integer> packs = new ArrayList<>();
            for (int left = blobs; left > 0; left -= 250) {
                packs.add(index.add(id(from), entries(from, Math.min(left, 250))));
            }
            return new IndexWriter(objects, index).save(packs);
        }
    }

    private static ObjectId id(Random random) {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    /// Mostly as packs are; some with a gap, some very large, some raw.
    private static PackEntries entries(Random random, int count) {
        var entries = new PackEntries();
        long offset = 0;
        for (int i = 0; i < count; i++) {
            int length = 40 + random.nextInt(1000);
            int plain = random.nextInt(3) == 0 ? 0 : random.nextInt(50) == 0 ? 600_000_000 : 2 * length;
            BlobType type = random.nextBoolean() ? BlobType.DATA : BlobType.TREE;
            entries.add(type, id(random), offset, length, plain);
            offset += length + (random.nextInt(40) == 0 ? 7 : 0);
        }
        return entries;
    }

    private static List<BlobIndex.PackContent> packs(BlobIndex index) {
        List<BlobIndex.PackContent> packs = new ArrayList<>();
        // Blobs that are said to lie at the same place come in any order.
        var order = Comparator.comparingLong(BlobLocation::offset).thenComparingInt(BlobLocation::length);
        index.forEachPack(pack -> packs.add(new BlobIndex.PackContent(
                pack.pack(), pack.blobs().stream().sorted(order).toList())));
        packs.sort((a, b) -> a.pack().compareTo(b.pack()));
        return packs;
    }

    private void assertComplete(BlobIndex index) {
        try (BlobIndex plain = IndexFiles.load(objects, storage, 2, damaged::put)) {
            List<BlobIndex.PackContent> expected = packs(plain);
            assertThat(packs(index)).isEqualTo(expected);
            assertThat(index.size()).isEqualTo(plain.size());
            for (BlobIndex.PackContent pack : expected) {
                // One of each pack: the packs were compared whole above.
                BlobHandle handle =
                        pack.blobs().get(random.nextInt(pack.blobs().size())).handle();
                assertThat(index.find(handle)).containsExactlyInAnyOrderElementsOf(plain.find(handle));
                assertThat(plain.find(handle))
                        .extracting(BlobLocation::plainLength)
                        .contains(index.plainLength(handle));
                assertThat(pack.blobs()).allMatch(blob -> index.contains(blob.handle()));
            }
            assertThat(index.contains(BlobHandle.data(id(new Random(99))))).isFalse();
        }
    }

    /// Copies of a place behind a network lie in the same folder.
    @Test
    void the_folder_of_copies_of_index_files_beside_it_is_not_in_its_way() throws IOException {
        Path copies = Files.createDirectories(folder().resolve(ObjectType.INDEX.folder()));
        Files.createDirectories(copies.resolve("5f"));

        assertThat(read()).isEqualTo(2);
        assertThat(read()).isZero();
        assertThat(copies.resolve("5f")).isDirectory();
    }

    @Test
    void answers_like_the_index_files_without_reading_them() {
        assertThat(read()).isEqualTo(2);
        int before = storage.reads();
        try (BlobIndex index = load()) {
            assertThat(storage.reads() - before).isZero();
            assertComplete(index);
        }
        assertThat(damaged).isEmpty();
    }

    @Test
    void leaves_new_index_files_to_be_read_and_added() {
        load().close();
        save(700);
        save(800);
        int before = storage.reads();
        try (BlobIndex index = load()) {
            assertThat(storage.reads() - before).isEqualTo(2);
            assertComplete(index);
        }
        assertThat(read())
                .as("a few new entries are not worth writing all again")
                .isEqualTo(2);
    }

    @Test
    void is_written_again_when_much_is_new() {
        load().close();
        save(25_000);

        assertThat(read()).isEqualTo(1);
        assertThat(read()).isZero();
        try (BlobIndex index = load()) {
            assertComplete(index);
        }
    }

    @Test
    void is_written_again_when_many_files_are_new() {
        load().close();
        for (int i = 0; i < 64; i++) {
            save(1);
        }
        assertThat(read()).isEqualTo(64);
        assertThat(read()).isZero();
    }

    @Test
    void learns_what_is_stored_meanwhile() {
        load().close();
        try (MergedIndex index = (MergedIndex) load()) {
            ObjectId pack = id(random);
            PackEntries entries = entries(random, 10);
            index.add(pack, entries);
            assertThat(index.find(new BlobHandle(entries.type(3), entries.id(3))))
                    .containsExactly(entries.location(pack, 3));
        }
        try (BlobIndex index = load()) {
            assertThat(index.size()).isEqualTo(30_000);
        }
    }

    @Test
    void is_not_made_of_small_indexes() {
        var small = new TestStorage();
        try (MergedIndex index = MergedIndex.empty()) {
            new IndexWriter(new PlainObjects(small), index).save(List.of(index.add(id(random), entries(random, 100))));
        }
        var cache = new IndexCache(
                new CacheFolders(root(), InstantSource.fixed(NOW)), keys, REPOSITORY, new SecureRandom());
        IndexFiles.load(new PlainObjects(small), small, 2, cache, damaged::put).close();

        assertThat(root()).doesNotExist();
    }

    @Test
    void is_not_made_while_an_index_file_is_damaged() {
        ObjectId bad = objects.save(ObjectType.INDEX, "{".getBytes(StandardCharsets.US_ASCII));

        assertThat(read()).isEqualTo(3);
        assertThat(damaged).containsOnlyKeys(bad);
        damaged.clear();
        assertThat(read()).isEqualTo(3);
        assertThat(damaged).containsOnlyKeys(bad);
    }

    @Test
    void still_finds_new_files_that_contradict_it() {
        ObjectId pack = id(random);
        save(pack, 40);
        load().close();
        ObjectId other = save(pack, 50);

        try (BlobIndex index = load()) {
            assertThat(damaged).containsOnlyKeys(other);
            damaged.clear();
            assertComplete(index);
        }
    }

    private ObjectId save(ObjectId pack, int length) {
        var entries = new PackEntries();
        entries.add(BlobType.DATA, id(new Random(1)), 0, length, 0);
        try (MergedIndex index = MergedIndex.empty()) {
            return new IndexWriter(objects, index).save(List.of(index.add(pack, entries)));
        }
    }

    @Test
    void belongs_to_its_owner_alone() throws IOException {
        load().close();

        assertThat(permissions(file())).isEqualTo("rw-------");
        assertThat(permissions(folder())).isEqualTo("rwx------");
        assertThat(permissions(root())).isEqualTo("rwx------");
        assertThat(root().resolve("CACHEDIR.TAG")).hasContent("Signature: 8a477f597d28d172789f06886806bc55");
        try (var left = Files.list(folder())) {
            assertThat(left).containsExactly(file());
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void shows_no_id_of_a_blob_a_pack_or_an_index_file() throws IOException {
        ObjectId blob;
        ObjectId pack;
        try (BlobIndex index = load()) {
            BlobIndex.PackContent first = packs(index).getFirst();
            pack = first.pack();
            blob = first.blobs().getFirst().handle().id();
        }
        byte[] bytes = Files.readAllBytes(file());
        List<ObjectId> hidden = new ArrayList<>(List.of(blob, pack));
        storage.list(
                ObjectType.INDEX,
                object -> hidden.add(ObjectId.parse(object.key().name())));
        for (ObjectId id : hidden) {
            for (long word : new long[] {id.w0(), id.w1(), id.w2(), id.w3()}) {
                assertThat(holds(bytes, word) || holds(bytes, Long.reverseBytes(word)))
                        .isFalse();
            }
        }
    }

    private static boolean holds(byte[] bytes, long word) {
        long window = 0;
        for (int i = 0; i < bytes.length; i++) {
            window = (window << 8) | (bytes[i] & 0xff);
            if (i >= 7 && window == word) {
                return true;
            }
        }
        return false;
    }

    @Test
    void notes_when_it_was_used_and_removes_folders_that_nobody_used_for_30_days() throws IOException {
        Path old = Files.createDirectories(root().resolve("aa".repeat(32)));
        Files.writeString(old.resolve("index"), "x");
        Path young = Files.createDirectories(root().resolve("bb".repeat(32)));
        Path foreign = Files.createDirectories(root().resolve("something else"));
        Files.setLastModifiedTime(old, FileTime.from(NOW.minus(Duration.ofDays(31))));
        Files.setLastModifiedTime(young, FileTime.from(NOW.minus(Duration.ofDays(29))));
        Files.setLastModifiedTime(foreign, FileTime.from(NOW.minus(Duration.ofDays(31))));

        load().close();
        load().close();

        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(foreign).exists();
        assertThat(Files.getLastModifiedTime(folder()).toInstant()).isEqualTo(NOW);
    }

    @Test
    void does_without_a_place_where_nothing_can_be_written() throws IOException {
        Files.writeString(root(), "a file where a directory should be");

        assertThat(read()).isEqualTo(2);
        assertThat(read()).isEqualTo(2);
        assertThat(root()).hasContent("a file where a directory should be");
    }

    @Nested
    @DisplayName("is made anew without a word")
    class InDoubt {
        @BeforeEach
        void fill() {
            load().close();
            assertThat(read()).isZero();
        }

        /// The cache is not used now, and is whole again afterwards.
        private void assertRebuilt() {
            int before = storage.reads();
            int files = Math.toIntExact(storage.count(ObjectType.INDEX));
            try (BlobIndex index = load()) {
                assertThat(storage.reads() - before).isEqualTo(files);
                assertComplete(index);
            }
            assertThat(read()).isZero();
            assertThat(damaged).isEmpty();
        }

        static LongStream seeds() {
            return LongStream.concat(LongStream.of(1), new Random().longs(4));
        }

        @ParameterizedTest(name = "seed {0}")
        @MethodSource("seeds")
        void when_a_bit_of_it_has_flipped(long seed) throws IOException {
            byte[] bytes = Files.readAllBytes(file());
            int bit = new Random(seed).nextInt(8 * bytes.length);
            bytes[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file(), bytes);

            assertRebuilt();
        }

        @ParameterizedTest(name = "seed {0}")
        @MethodSource("seeds")
        void when_it_was_cut_off(long seed) throws IOException {
            byte[] bytes = Files.readAllBytes(file());
            Files.write(file(), Arrays.copyOf(bytes, new Random(seed).nextInt(bytes.length)));

            assertRebuilt();
        }

        @Test
        void when_it_was_cut_off_between_two_chunks() throws IOException {
            byte[] bytes = Files.readAllBytes(file());
            Files.write(file(), Arrays.copyOf(bytes, 2 * (SealedOutput.CHUNK_BYTES + 32)));

            assertRebuilt();
        }

        @Test
        void when_it_is_empty() throws IOException {
            Files.write(file(), new byte[0]);

            assertRebuilt();
        }

        @Test
        void when_something_follows_it() throws IOException {
            byte[] bytes = Files.readAllBytes(file());
            Files.write(file(), Arrays.copyOf(bytes, bytes.length + 1));

            assertRebuilt();
        }

        @Test
        void when_two_of_its_chunks_were_swapped() throws IOException {
            byte[] bytes = Files.readAllBytes(file());
            int chunk = SealedOutput.CHUNK_BYTES + 32;
            byte[] swapped = bytes.clone();
            System.arraycopy(bytes, chunk, swapped, 2 * chunk, chunk);
            System.arraycopy(bytes, 2 * chunk, swapped, chunk, chunk);
            Files.write(file(), swapped);

            assertRebuilt();
        }

        @Test
        void when_a_chunk_is_one_of_an_earlier_cache() throws IOException {
            byte[] earlier = Files.readAllBytes(file());
            Files.delete(file());
            load().close();
            byte[] bytes = Files.readAllBytes(file());
            int chunk = SealedOutput.CHUNK_BYTES + 32;
            System.arraycopy(earlier, chunk, bytes, chunk, chunk);
            Files.write(file(), bytes);

            assertRebuilt();
        }

        @Test
        void when_an_index_file_is_gone() {
            ObjectKey[] first = new ObjectKey[1];
            storage.list(ObjectType.INDEX, object -> first[0] = object.key());
            storage.delete(first[0]);
            save(20_000);

            assertRebuilt();
        }

        @Test
        void when_an_index_file_has_another_size() {
            ObjectKey[] any = new ObjectKey[1];
            storage.list(ObjectType.INDEX, object -> any[0] = object.key());
            byte[] whole = storage.bytes(any[0]);
            storage.replace(any[0], Arrays.copyOf(whole, whole.length - 1));

            load().close();
            assertThat(damaged).containsOnlyKeys(ObjectId.parse(any[0].name()));
        }

        @Test
        void when_it_is_of_another_repository() throws IOException {
            repository = "6e".repeat(32);
            Path folder = Files.createDirectories(
                    root().resolve(repository),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.copy(file(), folder.resolve("merged-index"));

            assertRebuilt();
        }

        @Test
        void when_it_was_sealed_under_other_keys() {
            keys = keys(2);

            assertRebuilt();
        }

        @Test
        void when_others_may_write_to_it() throws IOException {
            Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-rw-rw-"));

            assertRebuilt();
            assertThat(permissions(file())).isEqualTo("rw-------");
        }

        @Test
        void when_it_is_only_a_link() throws IOException {
            Path moved = Files.move(file(), place.resolve("moved"));
            Files.createSymbolicLink(file(), moved);

            assertRebuilt();
            assertThat(file()).isRegularFile().isNotEqualTo(moved);
            assertThat(Files.isSymbolicLink(file())).isFalse();
        }

        @Test
        void when_it_belongs_to_somebody_else() throws IOException {
            try {
                Files.setAttribute(file(), "unix:uid", 4711);
            } catch (IOException e) {
                Assumptions.abort("only root can give a file away");
            }

            assertRebuilt();
            assertThat(Files.getAttribute(file(), "unix:uid"))
                    .isEqualTo(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        }

        @Test
        void but_not_used_at_all_in_a_folder_that_others_may_write_to() throws IOException {
            Files.setPosixFilePermissions(folder(), PosixFilePermissions.fromString("rwxrwxrwx"));

            assertThat(read()).isEqualTo(2);
            assertThat(read()).isEqualTo(2);
        }
    }

    @Test
    void may_be_used_and_replaced_by_many_at_once() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> work = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                work.add(threads.submit(() -> {
                    for (int round = 0; round < 5; round++) {
                        try (BlobIndex index = IndexFiles.load(
                                objects,
                                storage,
                                2,
                                new IndexCache(
                                        new CacheFolders(root(), InstantSource.fixed(NOW)),
                                        keys,
                                        REPOSITORY,
                                        new SecureRandom()),
                                (id, reason) -> {
                                    throw reason;
                                })) {
                            assertThat(index.size()).isEqualTo(30_000);
                        }
                        Files.deleteIfExists(file());
                    }
                    return null;
                }));
            }
            for (Future<?> one : work) {
                one.get();
            }
        }
        load().close();
        assertThat(read()).isZero();
    }
}
