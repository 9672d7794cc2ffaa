package dev.reprise.repository;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.IndexFiles;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Snapshots and an index that were read while a lock became visible to others. Each is used once,
/// and only if the same files are there when it is asked for, with the lock held. Safe for many
/// threads.
///
/// Whatever goes wrong here will go wrong again, and be told, when they are asked for.
final class EarlyMetadata {
    /// More take longer than there is time.
    private static final int MAX_SNAPSHOTS = 1000;

    private final Storage storage;
    private final Reading reading;
    private final AtomicReference<@Nullable EarlySnapshots> snapshots = new AtomicReference<>();
    private final AtomicReference<@Nullable EarlyIndex> index = new AtomicReference<>();

    /// How they are read.
    interface Reading {
        List<StoredSnapshot> snapshots(BiConsumer<ObjectId, RuntimeException> damaged);

        BlobIndex index(
                SortedMap<ObjectId, Long> files,
                @Nullable CacheFolders folders,
                BiConsumer<ObjectId, RuntimeException> damaged);

        /// An index that nobody will use.
        void drop(BlobIndex index);
    }

    private record EarlySnapshots(Set<ObjectId> ids, List<StoredSnapshot> snapshots) {}

    private record EarlyIndex(
            SortedMap<ObjectId, Long> files, @Nullable CacheFolders folders, BlobIndex index) {}

    EarlyMetadata(Storage storage, Reading reading) {
        this.storage = storage;
        this.reading = reading;
    }

    /// @return null if there are many or not all of them can be read
    @Nullable
    List<StoredSnapshot> readSnapshots() {
        forgetSnapshots();
        var damages = new ArrayList<ObjectId>();
        try {
            Set<ObjectId> ids = listSnapshots();
            if (ids.size() > MAX_SNAPSHOTS) {
                return null;
            }
            List<StoredSnapshot> found = reading.snapshots((id, _) -> damages.add(id));
            Set<ObjectId> read = found.stream().map(StoredSnapshot::id).collect(Collectors.toSet());
            if (!damages.isEmpty() || !read.equals(ids)) {
                return null;
            }
            snapshots.set(new EarlySnapshots(ids, found));
            return List.copyOf(found);
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException unsure) {
            return null;
        }
    }

    private Set<ObjectId> listSnapshots() {
        Set<ObjectId> ids = new HashSet<>();
        storage.list(
                ObjectType.SNAPSHOT,
                object -> ids.add(ObjectId.parse(object.key().name())));
        return ids;
    }

    /// For those who ask the place itself, whatever was read from copies.
    void forgetSnapshots() {
        snapshots.set(null);
    }

    /// @return null if none was read, or another than there is now
    @Nullable
    List<StoredSnapshot> takeSnapshots() {
        EarlySnapshots early = snapshots.getAndSet(null);
        return early != null && early.ids().equals(listSnapshots()) ? early.snapshots() : null;
    }

    /// @return null if not all of it can be read
    @Nullable
    BlobIndex readIndex(@Nullable CacheFolders folders) {
        var damages = new ArrayList<ObjectId>();
        try {
            SortedMap<ObjectId, Long> files = IndexFiles.list(storage);
            BlobIndex read = reading.index(files, folders, (id, _) -> damages.add(id));
            replaceIndex(new EarlyIndex(files, folders, read));
            if (damages.isEmpty()) {
                return read;
            }
            replaceIndex(null);
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException unsure) {
            replaceIndex(null);
        }
        return null;
    }

    /// @param files what an index is to be made of now
    /// @return null if none was read, or of other files
    @Nullable
    BlobIndex takeIndex(SortedMap<ObjectId, Long> files, @Nullable CacheFolders folders) {
        EarlyIndex early = index.getAndSet(null);
        if (early == null) {
            return null;
        }
        if (early.files().equals(files) && Objects.equals(early.folders(), folders)) {
            return early.index();
        }
        reading.drop(early.index());
        return null;
    }

    /// An index may be larger than all else in memory.
    private void replaceIndex(@Nullable EarlyIndex by) {
        EarlyIndex unused = index.getAndSet(by);
        if (unused != null) {
            reading.drop(unused.index());
        }
    }
}
