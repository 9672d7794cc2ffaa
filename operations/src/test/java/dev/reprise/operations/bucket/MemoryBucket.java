package dev.reprise.operations.bucket;

import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.BucketException;
import dev.reprise.storage.bucket.BucketException.Kind;
import dev.reprise.storage.spool.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Stands for stores that take every key, which no server within a process does: `a` beside `a/b`, `..`, `//`. Counts
/// what is read and can be told to fail.
final class MemoryBucket implements Bucket {
    private static final Comparator<String> BYTES =
            Comparator.comparing(key -> key.getBytes(StandardCharsets.UTF_8), java.util.Arrays::compareUnsigned);

    final ConcurrentSkipListMap<String, Kept> objects = new ConcurrentSkipListMap<>(BYTES);
    final List<String> reads = Collections.synchronizedList(new ArrayList<>());
    final List<String> tagReads = Collections.synchronizedList(new ArrayList<>());
    final List<String> writes = Collections.synchronizedList(new ArrayList<>());
    /// Called before an object is read.
    Consumer<String> beforeReading = _ -> {};
    /// Called when half of an object was handed over.
    Consumer<String> halfway = _ -> {};
    boolean knowsConditions = true;
    boolean knowsTags = true;
    boolean listsBackwards;
    private Instant clock = Instant.parse("2026-11-20T00:00:00.123Z");

    record Kept(byte[] bytes, String etag, Instant modified, String storageClass, Properties properties) {}

    /// Whatever is written from now on is newer than what any other bucket of a test holds.
    synchronized void dayBreaks() {
        clock = clock.plus(Duration.ofDays(1));
    }

    synchronized MemoryBucket put(String key, byte[] bytes, Properties properties) {
        var etag = new UploadEtag(bytes.length);
        etag.update(bytes, 0, bytes.length);
        clock = clock.plusSeconds(10);
        objects.put(key, new Kept(bytes, etag.text(), clock, "STANDARD", properties));
        return this;
    }

    MemoryBucket put(String key, String text) {
        return put(key, text.getBytes(StandardCharsets.UTF_8), Properties.NONE);
    }

    void archive(String key) {
        objects.computeIfPresent(
                key, (_, kept) -> new Kept(kept.bytes, kept.etag, kept.modified, "GLACIER", kept.properties));
    }

    void tag(String key, Map<String, String> tags) {
        objects.computeIfPresent(
                key,
                (_, kept) -> new Kept(
                        kept.bytes, kept.etag, kept.modified, kept.storageClass, kept.properties.withTags(tags)));
    }

    String text(String key) {
        return new String(get(key).bytes, StandardCharsets.UTF_8);
    }

    Kept get(String key) {
        Kept kept = objects.get(key);
        if (kept == null) {
            throw failure(Kind.NOT_FOUND, "no " + key);
        }
        return kept;
    }

    static BucketException failure(Kind kind, String fact) {
        return new BucketException(kind, fact, "", null);
    }

    @Override
    public String location() {
        return "memory";
    }

    @Override
    public int connections() {
        return 3;
    }

    @Override
    public Page list(String prefix, @Nullable String from) {
        List<Listed> found = new ArrayList<>();
        objects.forEach((key, kept) -> {
            boolean behind = from == null || BYTES.compare(key, from) > 0;
            if (key.startsWith(prefix) && behind && found.size() < 100) {
                found.add(new Listed(key, kept.bytes.length, kept.etag, kept.modified, kept.storageClass));
            }
        });
        String next = found.size() == 100 ? found.getLast().key() : null;
        return new Page(listsBackwards ? found.reversed() : found, next);
    }

    @Override
    public void read(String key, long offset, String etag, Sink sink) {
        beforeReading.accept(key);
        reads.add(key);
        Kept kept = get(key);
        if (kept.storageClass.equals("GLACIER")) {
            throw failure(Kind.ARCHIVED, key + " lies in an archive");
        }
        if (!etag.isEmpty() && !etag.equals(kept.etag)) {
            throw failure(Kind.CHANGED, key + " is another");
        }
        sink.begin(found(kept));
        int half = (int) offset + (kept.bytes.length - (int) offset) / 2;
        sink.bytes(kept.bytes, (int) offset, half - (int) offset);
        halfway.accept(key);
        sink.bytes(kept.bytes, half, kept.bytes.length - half);
    }

    private static Found found(Kept kept) {
        return new Found(
                kept.bytes.length,
                kept.etag,
                "",
                kept.modified.truncatedTo(java.time.temporal.ChronoUnit.SECONDS),
                "",
                kept.properties.tags().size(),
                0,
                kept.properties.withTags(Map.of()));
    }

    @Override
    public Found look(String key) {
        return found(get(key));
    }

    @Override
    public SortedMap<String, String> tags(String key, String version) {
        tagReads.add(key);
        return new TreeMap<>(get(key).properties.tags());
    }

    @Override
    public String write(String key, Properties properties, Spool content, boolean createOnly) {
        if ((createOnly && !knowsConditions) || (!properties.tags().isEmpty() && !knowsTags)) {
            throw failure(Kind.UNSUPPORTED, "not implemented");
        }
        if (createOnly && objects.containsKey(key)) {
            throw failure(Kind.CHANGED, key + " is there");
        }
        writes.add(key);
        put(key, bytes(content), properties);
        return Objects.requireNonNull(objects.get(key)).etag;
    }

    private static byte[] bytes(Spool content) {
        try (InputStream stream = content.open()) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Upload begin(String key, Properties properties) {
        var parts = new TreeMap<Integer, byte[]>();
        return new Upload() {
            @Override
            public void part(int number, Spool content) {
                parts.put(number, bytes(content));
            }

            @Override
            public String complete(boolean createOnly) {
                var whole = new java.io.ByteArrayOutputStream();
                parts.values().forEach(whole::writeBytes);
                writes.add(key);
                put(key, whole.toByteArray(), properties);
                return get(key).etag;
            }

            @Override
            public void abort() {
                parts.clear();
            }
        };
    }

    @Override
    public void delete(String key) {
        objects.remove(key);
    }

    @Override
    public void close() {}
}
