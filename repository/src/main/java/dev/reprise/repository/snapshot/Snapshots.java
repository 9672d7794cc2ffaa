package dev.reprise.repository.snapshot;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Prefetch;
import dev.reprise.repository.model.ObjectName;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

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
    /// Past copies on this machine.
    private final UnpackedObjects atPlace;

    public Snapshots(Storage storage, UnpackedObjects documents) {
        this(storage, documents, documents);
    }

    /// @param documents read through copies on this machine
    /// @param atPlace   the same, past them: for those that will lie in a [SnapshotCache]
    public Snapshots(Storage storage, UnpackedObjects documents, UnpackedObjects atPlace) {
        this.storage = storage;
        this.documents = documents;
        this.atPlace = atPlace;
    }

    /// Every snapshot that can be decoded, oldest first.
    ///
    /// @param damaged is given the others, with the reason, on the calling thread
    public List<StoredSnapshot> load(BiConsumer<ObjectId, RuntimeException> damaged) {
        List<StoredSnapshot> snapshots = new ArrayList<>();
        decode(list().keySet(), documents, damaged, sound -> snapshots.add(sound.snapshot()));
        snapshots.sort(ORDER);
        return snapshots;
    }

    /// As above, but reads only the documents the cache does not hold, and keeps them there if it pays.
    public List<StoredSnapshot> load(SnapshotCache cache, BiConsumer<ObjectId, RuntimeException> damaged) {
        SortedMap<ObjectId, Long> listed = list();
        SnapshotCache.Kept kept = cache.read(listed);
        List<StoredSnapshot> snapshots = new ArrayList<>(listed.size());
        Set<ObjectId> known = HashSet.newHashSet(kept.documents().size());
        kept.documents().forEach((id, json) -> {
            Snapshot snapshot = decoded(json);
            if (snapshot != null) {
                snapshots.add(new StoredSnapshot(id, snapshot));
                known.add(id);
            }
        });
        int fresh = listed.size() - kept.documents().size();
        boolean pays = SnapshotCache.pays(fresh, kept.gone(), listed.size());
        Map<ObjectId, byte[]> documents = pays ? new HashMap<>(kept.documents()) : new HashMap<>();
        List<ObjectId> unknown =
                listed.keySet().stream().filter(id -> !known.contains(id)).toList();
        decode(unknown, pays ? atPlace : this.documents, damaged, sound -> {
            snapshots.add(sound.snapshot());
            if (pays) {
                documents.put(sound.snapshot().id(), sound.json());
            }
        });
        snapshots.sort(ORDER);
        if (pays) {
            cache.write(listed, snapshots.stream().map(StoredSnapshot::id).toList(), documents);
        }
        return snapshots;
    }

    /// @return null if it is to be read at the place
    private static @Nullable Snapshot decoded(byte[] json) {
        try {
            return json.length == 0 ? null : SnapshotCodec.decode(json);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private SortedMap<ObjectId, Long> list() {
        SortedMap<ObjectId, Long> listed = new TreeMap<>();
        storage.list(
                ObjectType.SNAPSHOT,
                object -> listed.put(ObjectId.parse(object.key().name()), object.size()));
        return listed;
    }

    private void decode(
            Collection<ObjectId> ids,
            UnpackedObjects from,
            BiConsumer<ObjectId, RuntimeException> damaged,
            Consumer<Sound> consumer) {
        Prefetch.run("loading snapshots", parallel(ids.size()), ids, id -> decode(from, id), (Decoded decoded) -> {
            switch (decoded) {
                case Sound sound -> consumer.accept(sound);
                case Damaged(ObjectId id, RepositoryException reason) -> damaged.accept(id, reason);
            }
        });
    }

    private int parallel(int count) {
        int connections = storage.connections();
        return connections <= CONNECTIONS_OF_DISK && count < FEW_ON_DISK ? 1 : connections;
    }

    private sealed interface Decoded {}

    private record Sound(StoredSnapshot snapshot, byte[] json) implements Decoded {}

    private record Damaged(ObjectId id, RepositoryException reason) implements Decoded {}

    private static Decoded decode(UnpackedObjects from, ObjectId id) {
        try {
            byte[] json = from.load(ObjectType.SNAPSHOT, id);
            return new Sound(new StoredSnapshot(id, decode(id, json)), json);
        } catch (RepositoryException e) {
            return new Damaged(id, e);
        }
    }

    /// @throws RepositoryException naming the snapshot if it is missing or damaged
    public Snapshot load(ObjectId id) {
        return decode(id, documents.load(ObjectType.SNAPSHOT, id));
    }

    private static Snapshot decode(ObjectId id, byte[] json) {
        try {
            return SnapshotCodec.decode(json);
        } catch (IllegalArgumentException e) {
            throw RepositoryException.damaged(
                    ObjectName.of(ObjectType.SNAPSHOT, id), String.valueOf(e.getMessage()), e);
        }
    }
}
