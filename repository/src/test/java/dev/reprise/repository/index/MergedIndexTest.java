package dev.reprise.repository.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The index in memory")
class MergedIndexTest {
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void answers_like_a_plain_map(long seed) {
        var random = new Random(seed);
        Map<BlobHandle, List<BlobLocation>> expected = new HashMap<>();
        var builder = new MergedIndex.Builder();
        for (int pack = random.nextInt(60); pack > 0; pack--) {
            builder.add(packOf(pack), entries(random, packOf(pack), expected));
        }
        MergedIndex index = builder.build();
        for (int pack = 1000 + random.nextInt(60); pack > 1000; pack--) {
            index.add(packOf(pack), entries(random, packOf(pack), expected));
        }

        long size = 0;
        for (int blob = 0; blob < 6000; blob++) {
            for (BlobType type : BlobType.values()) {
                var handle = new BlobHandle(type, blobOf(blob));
                List<BlobLocation> locations = expected.getOrDefault(handle, List.of());
                assertThat(index.find(handle)).containsExactlyInAnyOrderElementsOf(locations);
                assertThat(index.contains(handle)).isEqualTo(!locations.isEmpty());
                size += locations.size();
            }
        }
        assertThat(index.size()).isEqualTo(size);
        List<BlobLocation> all = new ArrayList<>();
        index.forEachPack(content -> all.addAll(content.blobs()));
        assertThat(all).hasSize((int) size).doesNotHaveDuplicates();
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 3), new Random().longs(5));
    }

    @Test
    void answers_while_another_thread_adds() throws InterruptedException, ExecutionException {
        MergedIndex index = MergedIndex.empty();
        try (var threads = Executors.newFixedThreadPool(3)) {
            List<Future<?>> work = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                int first = thread * 100_000;
                work.add(threads.submit(() -> {
                    for (int i = first; i < first + 300; i++) {
                        var entries = new PackEntries();
                        entries.add(BlobType.DATA, blobOf(2 * i), 0, 40, 0);
                        entries.add(BlobType.TREE, blobOf(2 * i + 1), 40, 50, 1000);
                        index.add(packOf(i), entries);
                        assertThat(index.find(BlobHandle.tree(blobOf(2 * i + 1))))
                                .containsExactly(new BlobLocation(
                                        BlobHandle.tree(blobOf(2 * i + 1)), packOf(i), 40, 50, 1000, true));
                        assertThat(index.contains(BlobHandle.data(blobOf(2 * i + 1))))
                                .isFalse();
                    }
                }));
            }
            for (Future<?> one : work) {
                one.get();
            }
        }
        assertThat(index.size()).isEqualTo(1800);
    }

    @Test
    void keeps_blobs_apart_whose_ids_share_most_bytes() {
        var entries = new PackEntries();
        for (int i = 0; i < 5000; i++) {
            entries.add(BlobType.DATA, new ObjectId(1, i, 2, 3), i * 100L, 100, 0);
        }
        var builder = new MergedIndex.Builder();
        builder.add(packOf(1), entries);
        MergedIndex index = builder.build();

        assertThat(index.find(BlobHandle.data(new ObjectId(1, 4999, 2, 3))))
                .singleElement()
                .extracting(BlobLocation::offset)
                .isEqualTo(499_900L);
        assertThat(index.contains(BlobHandle.data(new ObjectId(1, 5000, 2, 3)))).isFalse();
    }

    @Test
    void finds_the_pack_of_a_blob_behind_empty_packs() {
        var builder = new MergedIndex.Builder();
        builder.add(packOf(1), new PackEntries());
        builder.add(packOf(2), new PackEntries());
        var entries = new PackEntries();
        entries.add(BlobType.DATA, blobOf(1), 0, 100, 0);
        builder.add(packOf(3), entries);
        builder.add(packOf(4), new PackEntries());

        assertThat(builder.build().find(BlobHandle.data(blobOf(1))))
                .extracting(BlobLocation::pack)
                .containsExactly(packOf(3));
    }

    @Test
    void keeps_the_place_of_a_blob_that_ends_where_a_pack_can_end() {
        var entries = new PackEntries();
        entries.add(BlobType.DATA, blobOf(1), 0xFFFF_FFFFL - 100, 100, 7000);
        var behind = new PackEntries();
        behind.add(BlobType.TREE, blobOf(2), 0xFFFF_FFFFL, 100, 7000);
        var large = new PackEntries();
        large.add(BlobType.DATA, blobOf(3), 0, Integer.MAX_VALUE, 0);
        large.add(BlobType.DATA, blobOf(4), Integer.MAX_VALUE, 40, Integer.MAX_VALUE);
        List<PackEntries> all = List.of(entries, behind, large);
        var builder = new MergedIndex.Builder();
        for (int i = 0; i < all.size(); i++) {
            builder.add(packOf(i), all.get(i));
        }
        try (MergedIndex index = builder.build()) {
            for (int i = 0; i < all.size(); i++) {
                for (BlobLocation location : all.get(i).locations(packOf(i))) {
                    assertThat(index.find(location.handle())).containsExactly(location);
                    assertThat(index.plainLength(location.handle())).isEqualTo(location.plainLength());
                }
            }
        }
    }

    @Test
    void takes_at_most_48_bytes_for_each_of_a_million_blobs() {
        var builder = new MergedIndex.Builder();
        int number = 0;
        for (int pack = 0; pack < 83_334; pack++) {
            var entries = new PackEntries();
            for (int i = 0; i < 12; i++) {
                entries.add(BlobType.DATA, new ObjectId(number++, 1, 2, pack), i * 1000L, 1000, 3000);
            }
            builder.add(packOf(pack), entries);
        }
        try (MergedIndex index = builder.build()) {
            assertThat(index.bytes() / (double) index.size()).isLessThanOrEqualTo(48);
        }
    }

    @Test
    void refuses_to_answer_once_it_is_closed() {
        var entries = new PackEntries();
        entries.add(BlobType.DATA, blobOf(1), 0, 100, 0);
        MergedIndex index = MergedIndex.empty();
        index.add(packOf(1), entries);
        index.close();
        index.close();

        List<ThrowingCallable> uses = List.of(
                () -> index.contains(BlobHandle.data(blobOf(1))),
                () -> index.find(BlobHandle.data(blobOf(1))),
                () -> index.plainLength(BlobHandle.tree(blobOf(2))),
                () -> index.forEachPack(pack -> {}),
                () -> index.add(packOf(2), entries));
        assertThat(uses).allSatisfy(use -> assertThatThrownBy(use).isInstanceOf(IllegalStateException.class));
    }

    @Test
    void may_be_closed_while_others_look_things_up() throws InterruptedException, ExecutionException {
        for (int round = 0; round < 20; round++) {
            var builder = new MergedIndex.Builder();
            for (int pack = 0; pack < 50; pack++) {
                var entries = new PackEntries();
                entries.add(BlobType.DATA, blobOf(pack), 0, 100, 0);
                builder.add(packOf(pack), entries);
            }
            MergedIndex index = builder.build();
            var started = new CountDownLatch(3);
            try (var threads = Executors.newFixedThreadPool(3)) {
                List<Future<?>> work = new ArrayList<>();
                for (int thread = 0; thread < 3; thread++) {
                    work.add(threads.submit(() -> {
                        started.countDown();
                        assertThatThrownBy(() -> lookUpForever(index)).isInstanceOf(IllegalStateException.class);
                    }));
                }
                started.await();
                index.close();
                for (Future<?> one : work) {
                    one.get();
                }
            }
        }
    }

    private static void lookUpForever(MergedIndex index) {
        for (int i = 0; ; i = (i + 1) % 100) {
            boolean known = index.plainLength(BlobHandle.data(blobOf(i))) == 68;
            assertThat(known).isEqualTo(i < 50);
            assertThat(index.find(BlobHandle.data(blobOf(i)))).hasSize(known ? 1 : 0);
        }
    }

    private static PackEntries entries(Random random, ObjectId pack, Map<BlobHandle, List<BlobLocation>> expected) {
        var entries = new PackEntries();
        long offset = 0;
        for (int i = random.nextInt(200); i > 0; i--) {
            BlobType type = random.nextBoolean() ? BlobType.DATA : BlobType.TREE;
            int length = 32 + random.nextInt(100_000);
            // Hostile packs may have gaps and overlaps, and claim any length.
            int plain = random.nextInt(20) == 0
                    ? random.nextInt(Integer.MAX_VALUE)
                    : random.nextInt(2) * random.nextInt(99999);
            entries.add(type, blobOf(random.nextInt(6000)), offset, length, plain);
            offset = switch (random.nextInt(30)) {
                case 0 -> offset + length / 2 + 1;
                case 1 -> offset + length + random.nextInt(1 << 20);
                default -> offset + length;
            };
        }
        for (BlobLocation location : entries.locations(pack)) {
            expected.computeIfAbsent(location.handle(), handle -> new ArrayList<>())
                    .add(location);
        }
        return entries;
    }

    private static ObjectId packOf(int number) {
        return ObjectId.hash(new byte[] {1, (byte) number, (byte) (number >>> 8), (byte) (number >>> 16)});
    }

    private static ObjectId blobOf(int number) {
        return ObjectId.hash(new byte[] {2, (byte) number, (byte) (number >>> 8), (byte) (number >>> 16)});
    }
}
