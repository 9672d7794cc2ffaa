package dev.reprise.repository.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ByteSize;
import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.testing.TestStorage.Operation;
import dev.reprise.storage.ObjectType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A blob writer")
class BlobWriterTest {
    private static final String EMPTY_TREE = "{\"nodes\":[]}\n";

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void stores_blobs_of_all_sizes_so_that_another_process_reads_them(int version) {
        var repository = new PackFixture(version);
        var random = new Random(version);
        for (int length : new int[] {0, 1, 32, 1000, 65_535, 65_536, 200_000, 1_048_577, 1_500_000}) {
            for (byte[] content : List.of(
                    PackFixture.randomBytes(random, length), PackFixture.prose(random, length), new byte[length])) {
                for (BlobType type : BlobType.values()) {
                    ObjectId id = repository.saveAll(type, content).getFirst();

                    assertThat(id).isEqualTo(ObjectId.hash(content));
                    assertThat(repository.read(new BlobHandle(type, id))).isEqualTo(content);
                }
            }
        }
        repository
                .packs()
                .forEach(pack ->
                        assertThat(repository.check(pack.pack(), pack.blobs())).isEmpty());
    }

    /// Two compressed blobs: 2 * 41 bytes of header, sealed 114, and the length of that in 4 bytes.
    @Test
    void lays_a_pack_out_as_the_format_says() {
        var repository = new PackFixture(2);
        repository.saveAll(BlobType.DATA, new byte[1000], new byte[2000]);

        PackContent pack = repository.packs().getFirst();
        byte[] bytes = repository.packBytes(pack.pack());

        int blobBytes = pack.blobs().stream().mapToInt(BlobLocation::length).sum();
        assertThat(bytes).hasSize(blobBytes + 114 + 4);
        assertThat(HexFormat.of().formatHex(bytes, bytes.length - 4, bytes.length))
                .isEqualTo("72000000");
        assertThat(ObjectId.hash(bytes)).isEqualTo(pack.pack());
        assertThat(pack.blobs()).extracting(BlobLocation::plainLength).containsExactly(1000, 2000);
    }

    @Test
    void stores_nothing_twice() {
        var repository = new PackFixture(2);
        byte[] content = PackFixture.text("the same");
        try (BlobWriter writer = repository.writer();
                BlobWriter.Session session = writer.session()) {
            BlobWriter.Saved first = session.save(BlobType.DATA, content, 0, content.length);
            BlobWriter.Saved second = session.save(BlobType.DATA, content, 0, content.length);
            writer.finish();
            BlobWriter.Saved third = session.save(BlobType.DATA, content, 0, content.length);
            writer.finish();

            assertThat(first).isEqualTo(new BlobWriter.Saved(ObjectId.hash(content), true, 8 + 32));
            assertThat(List.of(second, third)).containsOnly(new BlobWriter.Saved(ObjectId.hash(content), false, 0));
            assertThat(writer.stats()).isEqualTo(new BlobWriter.Stats(1, 0, 8, 40, 1));
        }
        assertThat(repository.saveAll(BlobType.DATA, content)).containsExactly(ObjectId.hash(content));
        assertThat(repository.storage.count(ObjectType.PACK)).isOne();
        assertThat(repository.storage.count(ObjectType.INDEX)).isOne();
    }

    @Test
    void keeps_a_data_and_a_tree_blob_of_the_same_bytes_apart_in_packs_of_their_own() {
        var repository = new PackFixture(2);
        byte[] content = PackFixture.text(EMPTY_TREE);
        repository.saveAll(BlobType.DATA, content);
        repository.saveAll(BlobType.TREE, content);

        assertThat(repository.packs())
                .hasSize(2)
                .allSatisfy(pack -> assertThat(pack.blobs()).hasSize(1));
        assertThat(repository.read(BlobHandle.data(ObjectId.hash(content)))).isEqualTo(content);
        assertThat(repository.read(BlobHandle.tree(ObjectId.hash(content)))).isEqualTo(content);
    }

    /// So that no tree ever lies where reading takes hours.
    @Test
    void says_of_packs_of_data_alone_that_they_hold_nothing_but_contents() {
        var repository = new PackFixture(2);
        repository.saveAll(BlobType.TREE, PackFixture.text(EMPTY_TREE));
        assertThat(repository.storage.contentDrafts()).isZero();

        repository.saveAll(BlobType.DATA, PackFixture.text("content"));
        assertThat(repository.storage.contentDrafts()).isOne();
    }

    @Test
    void compresses_trees_even_if_they_grow_but_data_only_if_it_shrinks() {
        var repository = new PackFixture(2);
        byte[] content = PackFixture.text(EMPTY_TREE);
        repository.saveAll(BlobType.DATA, content);
        repository.saveAll(BlobType.TREE, content);

        BlobLocation data = repository
                .loadIndex()
                .find(BlobHandle.data(ObjectId.hash(content)))
                .getFirst();
        BlobLocation tree = repository
                .loadIndex()
                .find(BlobHandle.tree(ObjectId.hash(content)))
                .getFirst();
        assertThat(data.compressed()).isFalse();
        assertThat(data.length()).isEqualTo(13 + 32);
        assertThat(tree.compressed()).isTrue();
        assertThat(tree.length()).isGreaterThan(13 + 32);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void compresses_data_in_every_mode_but_off(Compression mode) {
        var repository = new PackFixture(2);
        byte[] content = PackFixture.prose(new Random(3), 300_000);
        try (BlobWriter writer = repository.writer(new WriterOptions(mode, ByteSize.ofMebibytes(4)));
                BlobWriter.Session session = writer.session()) {
            session.save(BlobType.DATA, content, 0, content.length);
            session.save(BlobType.TREE, content, 0, content.length);
            writer.finish();
        }

        BlobHandle data = BlobHandle.data(ObjectId.hash(content));
        int stored = repository.loadIndex().find(data).getFirst().length();
        assertThat(stored < 150_000).isEqualTo(mode != Compression.OFF);
        assertThat(repository
                        .loadIndex()
                        .find(BlobHandle.tree(ObjectId.hash(content)))
                        .getFirst()
                        .compressed())
                .isTrue();
        assertThat(repository.read(data)).isEqualTo(content);
    }

    @Test
    void never_compresses_in_version_1() {
        var repository = new PackFixture(1);
        repository.saveAll(BlobType.TREE, new byte[10_000]);

        assertThat(repository.packs().getFirst().blobs())
                .singleElement()
                .matches(blob -> !blob.compressed() && blob.length() == 10_032);
    }

    @Test
    void finishes_packs_when_their_blobs_reach_the_target() {
        var repository = new PackFixture(2);
        var random = new Random(5);
        byte[][] blobs = new byte[400][];
        for (int i = 0; i < blobs.length; i++) {
            blobs[i] = PackFixture.randomBytes(random, 100_000);
        }
        repository.saveAll(BlobType.DATA, blobs);

        List<Integer> sizes = repository.packs().stream()
                .map(pack ->
                        pack.blobs().stream().mapToInt(BlobLocation::length).sum())
                .sorted(Collections.reverseOrder())
                .toList();
        // 40 MB in packs of 4 MiB: 9 full ones, each by less than one blob too large, and what is left in at most 2.
        assertThat(sizes.stream().filter(size -> size >= 4 << 20))
                .hasSizeBetween(8, 9)
                .allMatch(size -> size < 4_300_000);
        assertThat(sizes).hasSizeBetween(10, 11);
        assertThat(repository.packs().stream().flatMap(pack -> pack.blobs().stream()))
                .hasSize(400);
    }

    @Test
    void spreads_blobs_over_two_packs_by_chance() {
        var repository = new PackFixture(2);
        var random = new Random(6);
        byte[][] blobs = new byte[200][];
        for (int i = 0; i < blobs.length; i++) {
            blobs[i] = PackFixture.randomBytes(random, 100_000);
        }
        List<ObjectId> ids = repository.saveAll(BlobType.DATA, blobs);

        List<ObjectId> packs = ids.stream()
                .map(id -> repository
                        .loadIndex()
                        .find(BlobHandle.data(id))
                        .getFirst()
                        .pack())
                .toList();
        int changes = 0;
        for (int i = 1; i < packs.size(); i++) {
            changes += packs.get(i).equals(packs.get(i - 1)) ? 0 : 1;
        }
        assertThat(changes).isGreaterThan(30);
    }

    @Test
    void gives_a_blob_of_the_target_size_a_pack_of_its_own() {
        var repository = new PackFixture(2);
        var random = new Random(7);
        byte[] large = PackFixture.randomBytes(random, 5_000_000);
        repository.saveAll(
                BlobType.DATA, PackFixture.randomBytes(random, 10), large, PackFixture.randomBytes(random, 10));

        assertThat(repository.packs()).extracting(pack -> pack.blobs().size()).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void leaves_one_small_pack_per_type_after_a_small_run() {
        var repository = new PackFixture(2);
        try (BlobWriter writer = repository.writer();
                BlobWriter.Session session = writer.session()) {
            for (int i = 0; i < 200; i++) {
                byte[] content = PackFixture.text("content " + i);
                session.save(BlobType.DATA, content, 0, content.length);
                session.save(BlobType.TREE, content, 0, content.length);
            }
            writer.finish();
        }
        assertThat(repository.packs()).hasSize(2);
    }

    @Test
    void writes_packs_first_and_the_index_when_all_of_them_are_stored() {
        var repository = new PackFixture(2);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        repository.storage.hook((operation, type) -> {
            if (operation == Operation.COMMIT) {
                order.add(type.name());
            }
        });
        var random = new Random(8);
        repository.saveAll(
                BlobType.DATA,
                PackFixture.randomBytes(random, 4_500_000),
                PackFixture.randomBytes(random, 4_500_000),
                PackFixture.text("rest"));

        assertThat(order).containsExactly("PACK", "PACK", "PACK", "INDEX");
    }

    @Test
    void saves_an_index_file_when_its_first_pack_is_ten_minutes_old() {
        var repository = new PackFixture(2);
        var random = new Random(9);
        try (BlobWriter writer = repository.writer();
                BlobWriter.Session session = writer.session()) {
            save(session, PackFixture.randomBytes(random, 4_500_000));
            awaitPacks(writer, 1);
            assertThat(repository.storage.count(ObjectType.INDEX)).isZero();
            repository.now = repository.now.plus(Duration.ofMinutes(10));
            save(session, PackFixture.randomBytes(random, 4_500_000));
            save(session, PackFixture.text("open"));
            writer.finish();
        }
        assertThat(repository.storage.count(ObjectType.INDEX)).isEqualTo(2);
        assertThat(repository.loadIndex().size()).isEqualTo(3);
    }

    @Test
    void saves_an_index_file_when_it_names_fifty_thousand_blobs() {
        var repository = new PackFixture(2);
        var random = new Random(11);
        try (BlobWriter writer = repository.writer();
                BlobWriter.Session session = writer.session()) {
            for (int i = 0; i < 100_000; i++) {
                save(session, PackFixture.randomBytes(random, 100));
            }
            writer.finish();
        }
        // 132 bytes each: 31,776 fill a pack of 4 MiB, two packs an index file; the rest is named at the end.
        assertThat(repository.storage.count(ObjectType.INDEX)).isEqualTo(2);
        assertThat(repository.loadIndex().size()).isEqualTo(100_000);
    }

    @Test
    void goes_on_after_a_checkpoint() {
        var repository = new PackFixture(2);
        try (BlobWriter writer = repository.writer();
                BlobWriter.Session session = writer.session()) {
            ObjectId before = save(session, PackFixture.text("before"));
            writer.finish();
            assertThat(repository.loadIndex().contains(BlobHandle.data(before))).isTrue();
            ObjectId after = save(session, PackFixture.text("after"));
            assertThat(repository.loadIndex().contains(BlobHandle.data(after))).isFalse();
            writer.finish();
            assertThat(repository.loadIndex().contains(BlobHandle.data(after))).isTrue();
        }
    }

    @Test
    void drops_open_packs_when_it_is_closed_before_it_is_finished() {
        var repository = new PackFixture(2);
        try (BlobWriter writer = repository.writer();
                BlobWriter.Session session = writer.session()) {
            save(session, PackFixture.text("never finished"));
        }
        assertThat(repository.storage.count(ObjectType.PACK)).isZero();
        assertThat(repository.storage.count(ObjectType.INDEX)).isZero();
        assertThat(repository.index.size()).isZero();
    }

    @Test
    void cannot_be_used_after_it_was_closed() {
        var repository = new PackFixture(2);
        BlobWriter writer = repository.writer();
        try (BlobWriter.Session session = writer.session()) {
            writer.close();
            assertThatThrownBy(() -> save(session, PackFixture.text("late"))).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void stores_nothing_more_once_the_lock_is_lost() {
        var repository = new PackFixture(2);
        repository.ensureHeld = () -> {
            throw new CancelledException("the lock was removed");
        };
        try (BlobWriter writer = repository.writer();
                BlobWriter.Session session = writer.session()) {
            save(session, PackFixture.text("content"));
            assertThatThrownBy(writer::finish)
                    .isInstanceOf(CancelledException.class)
                    .hasMessage("the lock was removed");
            assertThatThrownBy(() -> save(session, PackFixture.text("more"))).hasMessage("the lock was removed");
        }
        assertThat(repository.storage.count(ObjectType.PACK)).isZero();
    }

    @Test
    void lets_many_threads_save_the_same_blobs_and_stores_each_once() throws InterruptedException, ExecutionException {
        var repository = new PackFixture(2);
        var random = new Random(10);
        List<byte[]> contents = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            contents.add(PackFixture.prose(random, random.nextInt(1, 100_000)));
        }
        int threads = 4;
        long fresh = 0;
        try (BlobWriter writer = repository.writer();
                var pool = Executors.newFixedThreadPool(threads)) {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                List<byte[]> shuffled = new ArrayList<>(contents);
                Collections.shuffle(shuffled, new Random(thread / 2));
                tasks.add(() -> saveAndCountFresh(writer, shuffled));
            }
            for (Future<Integer> one : pool.invokeAll(tasks)) {
                fresh += one.get();
            }
            writer.finish();
            assertThat(writer.stats().dataBlobs()).isEqualTo(400);
        }

        assertThat(fresh).isEqualTo(400);
        assertThat(repository.loadIndex().size()).isEqualTo(400);
        for (byte[] content : contents) {
            assertThat(repository.read(BlobHandle.data(ObjectId.hash(content)))).isEqualTo(content);
        }
    }

    private static int saveAndCountFresh(BlobWriter writer, List<byte[]> contents) {
        int fresh = 0;
        try (BlobWriter.Session session = writer.session()) {
            for (byte[] content : contents) {
                fresh += session.save(BlobType.DATA, content, 0, content.length).fresh() ? 1 : 0;
            }
        }
        return fresh;
    }

    private static ObjectId save(BlobWriter.Session session, byte[] content) {
        return session.save(BlobType.DATA, content, 0, content.length).id();
    }

    private static void awaitPacks(BlobWriter writer, int count) {
        while (writer.stats().packs() < count) {
            Thread.onSpinWait();
        }
    }
}
