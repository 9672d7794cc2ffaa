package dev.reprise.operations.bucket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.Secret;
import dev.reprise.operations.bucket.BucketRequest.TagReading;
import dev.reprise.repository.Repository;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.storage.spool.Spool;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A bucket of a million objects in one folder. No server holds that many in a test's time: the listing is invented.
@Tag("long")
class BucketScaleTest {
    private static final int OBJECTS = 1_000_000;
    /// Beside what was used before.
    private static final long MOST_BYTES = 160L << 20;

    @TempDir
    private Path home;

    @Test
    void memory_does_not_grow_with_the_number_of_objects() {
        try (var repository = Repository.init(
                storage(),
                Secret.of("secret"),
                new Repository.InitOptions(2, Polynomial.parse("3da3358b4dc173"), new ScryptParameters(2, 1, 1)),
                new SecureRandom(),
                InstantSource.system())) {
            var bucket = new Invented(used());
            var first = save(repository, bucket, null);
            assertThat(first.tree().counts().totalFiles()).isEqualTo(OBJECTS);
            assertThat(bucket.reads).hasValue(OBJECTS);
            long firstPeak = bucket.peak.get();

            var again = new Invented(used());
            var second = save(repository, again, first);
            assertThat(second.tree().tree()).isEqualTo(first.tree().tree());
            assertThat(again.reads).hasValue(0);
            System.getLogger("scale")
                    .log(System.Logger.Level.INFO, "peaks {0} and {1} MiB", firstPeak >> 20, again.peak.get() >> 20);
            assertThat(firstPeak).isLessThan(MOST_BYTES);
            assertThat(again.peak.get()).isLessThan(MOST_BYTES);
        }
    }

    private LocalStorage storage() {
        var storage = new LocalStorage(home.resolve("repository"), 2);
        storage.create();
        return storage;
    }

    private BucketBackup.Saved save(Repository repository, Invented bucket, BucketBackup.@Nullable Saved parent) {
        try (BlobIndex index = repository.loadIndex((id, reason) -> {
                    throw new AssertionError("index " + id, reason);
                });
                BlobWriter writer = repository.writer(index, new BucketBench.HeldLock(), WriterOptions.DEFAULT)) {
            AtomicLong reported = new AtomicLong();
            var saved = new BucketBackup(repository, index, writer, 0, 0, _ -> {
                        if (reported.incrementAndGet() % 500_000 == 0) {
                            bucket.look();
                        }
                    })
                    .run(
                            new BucketRequest("docs", () -> bucket, TagReading.CHANGED, List.of(), home),
                            parent == null ? null : parent.tree().tree());
            writer.finish();
            return saved;
        }
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /// Objects `data/0000000` and so on, all with the same four bytes.
    private static final class Invented implements Bucket {
        private static final byte[] CONTENT = "same".getBytes(StandardCharsets.US_ASCII);

        private final long before;
        private final AtomicLong peak = new AtomicLong();
        private final AtomicLong reads = new AtomicLong();

        Invented(long before) {
            this.before = before;
        }

        void look() {
            peak.accumulateAndGet(used() - before, Math::max);
        }

        @Override
        public String location() {
            return "invented";
        }

        @Override
        public int connections() {
            return 2;
        }

        @Override
        public Page list(String prefix, @Nullable String from) {
            int first = from == null ? 0 : Integer.parseInt(from);
            List<Listed> page = new ArrayList<>();
            for (int i = first; i < Math.min(first + 1000, OBJECTS); i++) {
                page.add(new Listed(
                        "data/%07d".formatted(i), 4, "%032x".formatted(i), Instant.ofEpochSecond(i), "STANDARD"));
            }
            int next = first + 1000;
            return new Page(page, next < OBJECTS ? String.valueOf(next) : null);
        }

        @Override
        public void read(String key, long offset, String etag, Sink sink) {
            reads.incrementAndGet();
            int number = Integer.parseInt(key.substring("data/".length()));
            sink.begin(new Found(
                    4, "%032x".formatted(number), "", Instant.ofEpochSecond(number), "", 0, 0, Properties.NONE));
            sink.bytes(CONTENT, 0, 4);
        }

        @Override
        public Found look(String key) {
            throw new AssertionError("not asked for");
        }

        @Override
        public SortedMap<String, String> tags(String key, String version) {
            return new TreeMap<>();
        }

        @Override
        public String write(String key, Properties properties, Spool content, boolean createOnly) {
            throw new AssertionError("not asked for");
        }

        @Override
        public Upload begin(String key, Properties properties) {
            throw new AssertionError("not asked for");
        }

        @Override
        public void delete(String key) {}

        @Override
        public void close() {}
    }
}
