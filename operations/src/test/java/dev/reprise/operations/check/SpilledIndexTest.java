package dev.reprise.operations.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The index in a file against the one in memory.
class SpilledIndexTest {
    @TempDir
    private Path folder;

    private CheckRequest.Memory memory(long bytes) {
        return new CheckRequest.Memory(new ByteSize(bytes), folder);
    }

    private static ObjectId id(Random random) {
        // Some share their first eight bytes, as no hashes do by chance.
        long first = random.nextInt(4) == 0 ? random.nextInt(3) - 1 : random.nextLong();
        return new ObjectId(first, random.nextLong(), random.nextLong(), random.nextLong());
    }

    /// Index files that repeat packs, contradict each other, and name blobs many times.
    private static List<BlobHandle> write(SampleRepository sample, Random random) {
        List<BlobHandle> blobs = new ArrayList<>();
        List<IndexDocument.Pack> known = new ArrayList<>();
        for (int file = 0; file < 6; file++) {
            List<IndexDocument.Pack> packs = new ArrayList<>();
            for (int pack = 0; pack < 12; pack++) {
                var entries = new PackEntries();
                long offset = 0;
                int count = 1 + random.nextInt(200);
                for (int i = 0; i < count; i++) {
                    BlobHandle blob = !blobs.isEmpty() && random.nextInt(20) == 0
                            ? blobs.get(random.nextInt(blobs.size()))
                            : new BlobHandle(random.nextInt(5) == 0 ? BlobType.TREE : BlobType.DATA, id(random));
                    int length = 40 + random.nextInt(1000);
                    entries.add(blob.type(), blob.id(), offset, length, random.nextBoolean() ? 2 * length : 0);
                    offset += length;
                    blobs.add(blob);
                }
                ObjectId name = random.nextInt(8) == 0 && !known.isEmpty()
                        ? known.get(random.nextInt(known.size())).pack()
                        : id(random);
                packs.add(new IndexDocument.Pack(name, entries));
            }
            if (!known.isEmpty()) {
                packs.add(known.get(random.nextInt(known.size()))); // said again, word by word
            }
            known.addAll(packs);
            sample.repository.indexDocuments().save(IndexDocuments.encode(packs, List.of()));
        }
        return blobs;
    }

    private static List<PackContent> packs(BlobIndex index) {
        List<PackContent> packs = new ArrayList<>();
        index.forEachPack(packs::add);
        return packs;
    }

    @Test
    void it_says_what_the_index_in_memory_says() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        try (var sample = new SampleRepository();
                var allowance = new Allowance(memory(256 << 10))) {
            List<BlobHandle> blobs = write(sample, random);
            List<String> damages = new ArrayList<>();
            List<String> damagesInMemory = new ArrayList<>();

            SpilledIndex spilled = SpilledIndex.read(
                    sample.repository, allowance, (_, reason) -> damages.add(String.valueOf(reason.getMessage())));
            BlobIndex inMemory = sample.repository.readIndex(
                    (_, reason) -> damagesInMemory.add(String.valueOf(reason.getMessage())));

            assertThat(damages).as("seed %d", seed).isEqualTo(damagesInMemory);
            assertThat(spilled.size()).as("seed %d", seed).isEqualTo(inMemory.size());
            assertThat(packs(spilled)).as("seed %d", seed).isEqualTo(packs(inMemory));
            for (int i = 0; i < 100; i++) {
                blobs.add(new BlobHandle(BlobType.DATA, id(random)));
            }
            for (BlobHandle blob : Set.copyOf(new HashSet<>(blobs))) {
                assertThat(spilled.contains(blob)).isEqualTo(inMemory.contains(blob));
                assertThat(spilled.plainLength(blob)).isGreaterThanOrEqualTo(-1);
                assertThat(spilled.find(blob))
                        .as("seed %d, %s", seed, blob)
                        .containsExactlyInAnyOrderElementsOf(inMemory.find(blob));
            }
        }
    }

    @Test
    void an_empty_one_knows_nothing() {
        try (var sample = new SampleRepository();
                var allowance = new Allowance(memory(256 << 10))) {
            SpilledIndex index = SpilledIndex.read(sample.repository, allowance, (_, _) -> {});

            assertThat(index.size()).isZero();
            assertThat(index.find(BlobHandle.data(ObjectId.NULL))).isEmpty();
            assertThat(packs(index)).isEmpty();
        }
    }

    @Test
    void an_allowance_too_small_for_the_tables_is_refused_with_one_that_is_not() {
        try (var allowance = new Allowance(memory(64 << 10))) {
            var table = allowance.ids();
            var random = new Random(1);

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 10_000; i++) {
                            table.add(id(random));
                        }
                    })
                    .isInstanceOf(OperationException.class)
                    .hasMessageContaining("64.0 KiB of memory are too few")
                    .satisfies(e -> assertThat(((OperationException) e).hint()).contains("--memory 4M"));
        }
    }
}
