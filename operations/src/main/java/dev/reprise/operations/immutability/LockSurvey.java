package dev.reprise.operations.immutability;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Workers;
import dev.reprise.operations.immutability.ImmutabilityMemory.PointEnd;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RunId;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.immutability.Immutability;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Until when everything is kept that the snapshots of a repository need: configuration, keys,
/// snapshots, manifests of points, index files and packs. Index files count all of them, needed
/// or not: which of them name a pack is not looked up. One request for each object. Belongs to
/// one thread.
public final class LockSurvey implements AutoCloseable {
    private static final List<ObjectType> SMALL =
            List.of(ObjectType.KEY, ObjectType.SNAPSHOT, ObjectType.POINT, ObjectType.INDEX);

    /// Told of how far it has come. Called on any thread.
    @FunctionalInterface
    public interface Listener {
        /// @param doing as in "asking …"
        void progress(String doing, long done, long of);
    }

    private final Repository repository;
    private final Immutability place;
    private final Listener listener;
    private final NeededPacks packs;
    private final List<ObjectKey> small = new ArrayList<>();
    private final Map<ObjectKey, Integer> numbers = new HashMap<>();
    private final List<String> damages = new ArrayList<>();
    private long[] ends = new long[0];

    private LockSurvey(Repository repository, Immutability place, Listener listener, NeededPacks packs) {
        this.repository = repository;
        this.place = place;
        this.listener = listener;
        this.packs = packs;
    }

    /// The caller holds a lock of the repository, from before to after whatever follows from this.
    ///
    /// @param place     of the repository's storage
    /// @param temporary folder for what does not fit into memory
    /// @throws StorageException if the place did not answer
    public static LockSurvey of(
            Repository repository, Immutability place, int workers, Path temporary, Listener listener) {
        List<String> damages = new ArrayList<>();
        List<StoredSnapshot> snapshots = repository.snapshots((_, reason) -> note(damages, reason));
        BlobIndex index = repository.loadIndex((_, reason) -> note(damages, reason));
        var packs = new NeededPacks(index, new TreeLoader(repository, index, workers), temporary);
        var survey = new LockSurvey(repository, place, listener, packs);
        boolean done = false;
        try {
            survey.damages.addAll(damages);
            survey.look(snapshots);
            done = true;
            return survey;
        } finally {
            if (!done) {
                survey.close();
            }
        }
    }

    private static void note(List<String> damages, RuntimeException reason) {
        if (reason instanceof StorageException storage && storage.retryable()) {
            throw storage;
        }
        damages.add(String.valueOf(reason.getMessage()));
    }

    private void look(List<StoredSnapshot> snapshots) {
        listener.progress("reading trees", 0, snapshots.size());
        packs.add(snapshots.stream().map(stored -> stored.snapshot().tree()).toList());
        damages.addAll(packs.damages());
        if (!damages.isEmpty()) {
            packs.addAll(); // what cannot be read may need any of them
        }
        small.add(ObjectKey.CONFIG);
        SMALL.forEach(type -> repository.storage().list(type, object -> small.add(object.key())));
        for (int number = 0; number < small.size(); number++) {
            numbers.put(small.get(number), number);
        }
        ask();
    }

    private void ask() {
        ends = new long[objects()];
        var done = new AtomicInteger();
        Workers.run("asking for retentions", repository.storage().connections(), ends.length, number -> {
            ends[number] = end(key(number));
            listener.progress("asking how long objects are kept", done.incrementAndGet(), ends.length);
        });
    }

    private long end(ObjectKey key) {
        try {
            Instant until = place.retainedUntil(key);
            return until == null ? NeededPacks.NOT_KEPT : until.getEpochSecond();
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NOT_FOUND) {
                throw e;
            }
            synchronized (damages) {
                damages.add(key + " is missing");
            }
            return NeededPacks.NOT_KEPT;
        }
    }

    /// How many objects are needed.
    public int objects() {
        return small.size() + packs.size();
    }

    /// What is missing or does not open, in sentences. If there is anything, every pack the index
    /// names counts as needed.
    public List<String> damages() {
        return List.copyOf(damages);
    }

    ObjectKey key(int number) {
        return number < small.size()
                ? small.get(number)
                : ObjectKey.of(ObjectType.PACK, packs.pack(number - small.size()));
    }

    @Nullable
    Instant end(int number) {
        return instant(ends[number]);
    }

    /// After it was extended.
    void extended(int number, Instant until) {
        ends[number] = Math.max(ends[number], until.getEpochSecond());
    }

    private static @Nullable Instant instant(long end) {
        return end == NeededPacks.NOT_KEPT ? null : Instant.ofEpochSecond(end);
    }

    /// What has to be kept for longer, the most urgent first.
    ///
    /// @param retention how long from now on it is to be kept
    /// @param margin    percent of that: what is kept for longer than this share of it is left alone
    public LockPlan plan(Instant now, Duration retention, int margin) {
        long before = now.plus(retention.multipliedBy(margin).dividedBy(100)).getEpochSecond();
        int[] due = IntStream.range(0, ends.length)
                .filter(number -> ends[number] < before)
                .boxed()
                .sorted((a, b) -> Long.compare(ends[a], ends[b]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new LockPlan(this, due, Instant.ofEpochSecond(now.plus(retention).getEpochSecond()));
    }

    /// Until when each point has all it needs: the earliest end of any of it, with the key in use.
    ///
    /// @param at now
    public Map<RunId, PointEnd> points(Instant at) {
        NeededPacks.Ends trees = packs.ends(Arrays.copyOfRange(ends, small.size(), ends.length));
        long shared = Math.min(endOf(ObjectKey.CONFIG), endOf(ObjectKey.of(ObjectType.KEY, repository.key())));
        for (int number = 0; number < small.size(); number++) {
            if (small.get(number).type() == ObjectType.INDEX) {
                shared = Math.min(shared, ends[number]);
            }
        }
        Map<RunId, Long> manifests = new HashMap<>();
        var points = new Points(repository);
        List<RecoveryPoint> written = points.asWritten(
                (id, point) -> manifests.merge(point.run(), endOf(ObjectKey.of(ObjectType.POINT, id)), Math::max),
                (_, _) -> {});
        Map<RunId, PointEnd> found = new LinkedHashMap<>();
        for (RecoveryPoint point : points.left(written)) {
            long end = Math.min(shared, manifests.getOrDefault(point.run(), NeededPacks.NOT_KEPT));
            for (CapturedSource source : point.captured()) {
                end = Math.min(end, endOf(source, trees));
            }
            found.put(point.run(), new PointEnd(instant(end), at));
        }
        return found;
    }

    private long endOf(CapturedSource source, NeededPacks.Ends trees) {
        ObjectId snapshot = source.snapshot();
        ObjectId tree = source.tree();
        return snapshot == null || tree == null
                ? Long.MAX_VALUE
                : Math.min(endOf(ObjectKey.of(ObjectType.SNAPSHOT, snapshot)), trees.of(tree));
    }

    private long endOf(ObjectKey key) {
        Integer number = numbers.get(key);
        return number == null ? NeededPacks.NOT_KEPT : ends[number];
    }

    @Override
    public void close() {
        packs.close();
    }
}
