package dev.reprise.repository.snapshot;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Prefetch;
import dev.reprise.repository.model.ObjectName;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;

/// The snapshots on a storage. Safe for many threads.
public final class Snapshots {
    /// Oldest first; ids decide between equal times, so that every reader sees the same order.
    private static final Comparator<StoredSnapshot> ORDER = Comparator.<StoredSnapshot>comparingLong(
                    stored -> stored.snapshot().time().toEpochSecond())
            .thenComparingInt(stored -> stored.snapshot().time().getNano())
            .thenComparing(StoredSnapshot::id);

    /// A disk gives this many sooner than threads would start.
    private static final int FEW_ON_DISK = 64;
    private static final int CONNECTIONS_OF_DISK = 2;

    private final Storage storage;
    private final UnpackedObjects documents;

    public Snapshots(Storage storage, UnpackedObjects documents) {
        this.storage = storage;
        this.documents = documents;
    }

    /// Every snapshot that can be decoded, oldest first.
    ///
    /// @param damaged is given the others, with the reason, on the calling thread
    public List<StoredSnapshot> load(BiConsumer<ObjectId, RuntimeException> damaged) {
        List<ObjectId> ids = new ArrayList<>();
        storage.list(
                ObjectType.SNAPSHOT,
                object -> ids.add(ObjectId.parse(object.key().name())));
        ids.sort(null);
        List<StoredSnapshot> snapshots = new ArrayList<>(ids.size());
        Prefetch.run("loading snapshots", parallel(ids.size()), ids, this::decode, (Decoded decoded) -> {
            switch (decoded) {
                case Sound(StoredSnapshot snapshot) -> snapshots.add(snapshot);
                case Damaged(ObjectId id, RepositoryException reason) -> damaged.accept(id, reason);
            }
        });
        snapshots.sort(ORDER);
        return snapshots;
    }

    private int parallel(int count) {
        int connections = storage.connections();
        return connections <= CONNECTIONS_OF_DISK && count < FEW_ON_DISK ? 1 : connections;
    }

    private sealed interface Decoded {}

    private record Sound(StoredSnapshot snapshot) implements Decoded {}

    private record Damaged(ObjectId id, RepositoryException reason) implements Decoded {}

    private Decoded decode(ObjectId id) {
        try {
            return new Sound(new StoredSnapshot(id, load(id)));
        } catch (RepositoryException e) {
            return new Damaged(id, e);
        }
    }

    /// @throws RepositoryException naming the snapshot if it is missing or damaged
    public Snapshot load(ObjectId id) {
        byte[] json = documents.load(ObjectType.SNAPSHOT, id);
        try {
            return SnapshotCodec.decode(json);
        } catch (IllegalArgumentException e) {
            throw RepositoryException.damaged(
                    ObjectName.of(ObjectType.SNAPSHOT, id), String.valueOf(e.getMessage()), e);
        }
    }
}
