package dev.reprise.operations.copy;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Workers;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotEdit;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.tree.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Copies snapshots with all they need. Blobs travel as plaintext, trees byte for byte, so ids stay and formats may
/// differ; what the destination has is not read.
///
/// Snapshots are saved in batches, each after its blobs: killed anywhere, the destination has whole snapshots only,
/// and what was stored for others is found by the next run.
public final class SnapshotCopy {
    private final Repository from;
    private final BlobIndex source;
    private final Repository to;
    private final BlobIndex destination;
    private final RepositoryLock lock;
    private final WriterOptions options;
    private final int workers;
    private final CopyListener listener;
    /// Trees whose content is in the destination or on its way.
    private final Set<ObjectId> visited = new HashSet<>();

    /// @param source      index of `from`, loaded after its snapshots were listed
    /// @param destination index of `to`
    /// @param lock        of the destination, shared suffices
    /// @param workers     threads that read and store; more where the source serves more at a time
    public SnapshotCopy(
            Repository from,
            BlobIndex source,
            Repository to,
            BlobIndex destination,
            RepositoryLock lock,
            WriterOptions options,
            int workers,
            CopyListener listener) {
        this.from = from;
        this.source = source;
        this.to = to;
        this.destination = destination;
        this.lock = lock;
        this.options = options;
        this.workers = from.readers(workers);
        this.listener = listener;
    }

    /// @throws RepositoryException if a blob that is needed cannot be read; the snapshots of its batch are not saved
    public void copy(List<StoredSnapshot> snapshots) {
        long batchBytes = options.packSize().bytes() * 100;
        List<StoredSnapshot> batch = new ArrayList<>();
        try (BlobWriter writer = to.writer(destination, lock, options)) {
            long bytes = 0;
            for (StoredSnapshot snapshot : snapshots) {
                listener.started(snapshot);
                bytes += copyBlobs(snapshot, writer);
                batch.add(snapshot);
                if (bytes >= batchBytes) {
                    save(batch, writer);
                    bytes = 0;
                }
            }
            save(batch, writer);
        }
    }

    private void save(List<StoredSnapshot> batch, BlobWriter writer) {
        writer.finish();
        for (StoredSnapshot old : batch) {
            lock.ensureHeld();
            Snapshot copy = new SnapshotEdit(old.snapshot())
                    .withoutParent()
                    .originalUnlessNamed(old.id())
                    .done();
            listener.saved(old, to.save(copy));
        }
        batch.clear();
    }

    private long copyBlobs(StoredSnapshot snapshot, BlobWriter writer) {
        Map<ObjectId, List<BlobLocation>> packs = new HashMap<>();
        long blobs = 0;
        long bytes = 0;
        for (BlobHandle handle : missing(snapshot)) {
            List<BlobLocation> copies = source.find(handle);
            if (copies.isEmpty()) {
                throw RepositoryException.missing(
                        handle.toString(), "snapshot " + snapshot.id().hex());
            }
            BlobLocation first = copies.getFirst();
            packs.computeIfAbsent(first.pack(), _ -> new ArrayList<>()).add(first);
            blobs++;
            bytes += first.length();
        }
        listener.counted(blobs, bytes, packs.size());
        transfer(packs, writer);
        return bytes;
    }

    /// What the trees of a snapshot name and the destination lacks.
    private Collection<BlobHandle> missing(StoredSnapshot snapshot) {
        Set<BlobHandle> missing = ConcurrentHashMap.newKeySet();
        var trees = new TreeLoader(from, source, workers);
        Set<ObjectId> level = Set.of(snapshot.snapshot().tree());
        while (!level.isEmpty()) {
            Set<ObjectId> fresh = new HashSet<>(level);
            fresh.removeAll(visited);
            visited.addAll(fresh);
            var below = new Level(missing);
            trees.load(fresh, below);
            below.refuseDamage();
            level = below.subtrees;
        }
        return missing;
    }

    private void transfer(Map<ObjectId, List<BlobLocation>> packs, BlobWriter writer) {
        List<ObjectId> order = List.copyOf(packs.keySet());
        Workers.run(
                "copying blobs",
                workers,
                order.size(),
                () -> new Carrier(from.reader(source), writer.session()),
                Carrier::close,
                (carrier, number) -> {
                    ObjectId pack = order.get(number);
                    carrier.reader.readPack(pack, packs.getOrDefault(pack, List.of()), carrier);
                });
    }

    /// Copies the manifests of recovery points all of whose snapshots are in the destination. They go on naming the
    /// snapshots of the source: copies are found by their first ancestor.
    ///
    /// @param damaged is told of manifests that cannot be read
    public void copyPoints(BiConsumer<ObjectId, RuntimeException> damaged) {
        var points = new Points(to);
        Set<String> present = new HashSet<>();
        points.asWritten(damaged).forEach(point -> present.add(point.run().hex()));
        copyPoints(new Points(from)
                .asWritten(damaged).stream()
                        .filter(point -> !present.contains(point.run().hex()))
                        .toList());
    }

    /// As [#copyPoints(BiConsumer)], of points the destination lacks as its caller knows.
    ///
    /// @param missing as they were written, oldest first
    public void copyPoints(List<RecoveryPoint> missing) {
        var points = new Points(to);
        for (RecoveryPoint point : points.whole(missing)) {
            lock.ensureHeld();
            points.save(point);
            listener.pointCopied(point.run().hex());
        }
    }

    /// Collects what the trees of one depth name.
    private final class Level implements TreeLoader.Receiver {
        private final Set<BlobHandle> missing;
        private final Set<ObjectId> subtrees = ConcurrentHashMap.newKeySet();
        private final AtomicReference<@Nullable RuntimeException> damage = new AtomicReference<>();

        Level(Set<BlobHandle> missing) {
            this.missing = missing;
        }

        @Override
        public void tree(ObjectId id, List<Node> nodes) {
            need(BlobHandle.tree(id));
            for (Node node : nodes) {
                if (node.subtree() != null) {
                    subtrees.add(node.subtree());
                }
                if (node.content() != null) {
                    node.content().forEach(chunk -> need(BlobHandle.data(chunk)));
                }
            }
        }

        private void need(BlobHandle handle) {
            if (!destination.contains(handle)) {
                missing.add(handle);
            }
        }

        @Override
        public void damaged(ObjectId id, RuntimeException reason) {
            damage.compareAndSet(null, reason);
        }

        void refuseDamage() {
            RuntimeException reason = damage.get();
            if (reason != null) {
                throw reason;
            }
        }
    }

    /// One thread's way from one repository to the other.
    private record Carrier(BlobReader reader, BlobWriter.Session session) implements BlobReader.PackConsumer {
        @Override
        public void blob(BlobLocation location, byte[] data, int length) {
            Workers.stopIfInterrupted("copying blobs");
            session.save(location.handle().type(), data, 0, length);
        }

        @Override
        public void damaged(BlobLocation location, RuntimeException reason) {
            throw reason;
        }

        void close() {
            session.close();
            reader.close();
        }
    }
}
