package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.Repository;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Measures the index: memory and look-ups (`lookup BLOBS PER_PACK`), and loading of a repository that holds nothing
/// but an index (`make DIRECTORY BLOBS PER_PACK`, `load DIRECTORY [CACHE]`); adds snapshots of nothing to a repository
/// (`snapshots DIRECTORY COUNT`). Not a test; see `benchmarks/README.md`.
final class IndexBench {
    private static final Secret PASSWORD = Secret.of("bench");
    private static final int BLOBS_PER_FILE = 50_000;
    private static final int LOOKUPS = 2_000_000;

    private IndexBench() {}

    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "lookup" -> lookup(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
            case "make" -> make(Path.of(arguments[1]), Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
            case "load" -> load(Path.of(arguments[1]), arguments.length > 2 ? Path.of(arguments[2]) : null);
            case "snapshots" -> snapshots(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static ObjectId id(SplittableRandom random) {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private static PackEntries entries(SplittableRandom random, int count) {
        var entries = new PackEntries();
        long offset = 0;
        for (int i = 0; i < count; i++) {
            int length = 33 + random.nextInt(1 << 12);
            entries.add(BlobType.DATA, id(random), offset, length, 2 * length);
            offset += length;
        }
        return entries;
    }

    private static void make(Path directory, int blobs, int perPack) {
        var options = new Repository.InitOptions(2, null, new ScryptParameters(2, 1, 1));
        var random = new SplittableRandom(1);
        try (Repository repository = Repository.init(
                new LocalStorage(directory), PASSWORD, options, new SecureRandom(), InstantSource.system())) {
            for (int done = 0; done < blobs; done += BLOBS_PER_FILE) {
                MergedIndex index = MergedIndex.empty();
                List<Integer> packs = new ArrayList<>();
                for (int inFile = 0; inFile < Math.min(BLOBS_PER_FILE, blobs - done); inFile += perPack) {
                    packs.add(index.add(id(random), entries(random, perPack)));
                }
                new IndexWriter(repository.unpacked(), index).save(packs);
            }
        }
    }

    /// Hourly ones of three hosts, as long as real ones are.
    private static void snapshots(Path directory, int count) {
        OffsetDateTime first = OffsetDateTime.parse("2024-01-01T00:00:00Z");
        var random = new SplittableRandom(2);
        try (Repository repository =
                Repository.open(new LocalStorage(directory), PASSWORD, new SecureRandom(), InstantSource.system())) {
            for (int i = 0; i < count; i++) {
                OffsetDateTime time = first.plusHours(i);
                var summary = new Snapshot.Summary(
                        time, time.plusMinutes(3), i, i, i, i, i, i, i, i, 1000L * i, 700L * i, i, 9_000_000L * i);
                repository.save(new Snapshot(
                        time,
                        id(random),
                        id(random),
                        List.of("/srv/data", "/etc"),
                        "host" + i % 3,
                        "root",
                        0,
                        0,
                        List.of(),
                        List.of("hourly"),
                        null,
                        "reprise",
                        summary,
                        Map.of()));
            }
        }
    }

    private static void load(Path directory, @Nullable Path cache) throws IOException {
        try (Repository repository =
                Repository.open(new LocalStorage(directory), PASSWORD, new SecureRandom(), InstantSource.system())) {
            if (cache != null) {
                repository.keepIndexIn(new CacheFolders(cache, InstantSource.system()));
            }
            for (int round = 0; round < 3; round++) {
                long cpu = cpuNanos();
                long start = System.nanoTime();
                try (BlobIndex index = repository.loadIndex((id, reason) -> {
                    throw reason;
                })) {
                    System.out.printf(
                            "load %d: %d blobs, wall %.3f s, cpu %.3f s, peak %s%n",
                            round,
                            index.size(),
                            (System.nanoTime() - start) / 1e9,
                            (cpuNanos() - cpu) / 1e9,
                            status("VmHWM"));
                }
            }
        }
    }

    private static long cpuNanos() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return system.getProcessCpuTime();
    }

    /// Of this thread's CPU: other work on the machine disturbs it less than the time of day.
    private static long threadNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static String status(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(field))
                .findFirst()
                .orElse("?")
                .replaceAll("\\s+", " ");
    }

    private static long residentKibibytes() throws IOException {
        return Long.parseLong(status("VmRSS").replaceAll("[^0-9]", ""));
    }

    private static void lookup(int blobs, int perPack) throws IOException {
        System.gc();
        long before = residentKibibytes();
        var random = new SplittableRandom(7);
        var builder = new MergedIndex.Builder();
        for (int done = 0; done < blobs; done += perPack) {
            builder.add(id(random), entries(random, perPack));
        }
        long start = System.nanoTime();
        MergedIndex index = builder.build();
        double built = (System.nanoTime() - start) / 1e9;
        System.gc();
        System.out.printf(
                "%d blobs, %d a pack: table built in %.3f s, %.2f bytes per blob, resident %.1f%n",
                blobs, perPack, built, index.bytes() / (double) blobs, (residentKibibytes() - before) * 1024.0 / blobs);
        ObjectId[] known = known(index, blobs);
        for (int round = 0; round < 5; round++) {
            measure("contains, known", known, index::contains);
            measure("find, known", known, handle -> !index.find(handle).isEmpty());
            measure("contains, unknown", unknown(), index::contains);
        }
    }

    private interface Lookup {
        boolean of(BlobHandle handle);
    }

    private static void measure(String what, ObjectId[] ids, Lookup lookup) {
        int found = 0;
        long start = threadNanos();
        for (int i = 0; i < LOOKUPS; i++) {
            // The handle is made anew as callers do.
            if (lookup.of(BlobHandle.data(ids[i & (ids.length - 1)]))) {
                found++;
            }
        }
        System.out.printf("  %-18s %6.1f ns (%d found)%n", what, (threadNanos() - start) / (double) LOOKUPS, found);
    }

    /// Some ids of the index, in random order.
    private static ObjectId[] known(MergedIndex index, int blobs) {
        var random = new SplittableRandom(3);
        ObjectId[] ids = new ObjectId[1 << 16];
        int[] filled = {0};
        index.forEachPack(pack -> {
            for (BlobLocation blob : pack.blobs()) {
                if (filled[0] < ids.length) {
                    ids[filled[0]++] = blob.handle().id();
                } else if (random.nextInt(Math.max(1, blobs / ids.length)) == 0) {
                    ids[random.nextInt(ids.length)] = blob.handle().id();
                }
            }
        });
        return ids;
    }

    private static ObjectId[] unknown() {
        var random = new SplittableRandom(11);
        ObjectId[] ids = new ObjectId[1 << 16];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = id(random);
        }
        return ids;
    }
}
