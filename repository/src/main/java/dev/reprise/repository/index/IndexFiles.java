package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Prefetch;
import dev.reprise.repository.index.IndexParser.IndexedPack;
import dev.reprise.repository.index.IndexParser.MalformedIndexException;
import dev.reprise.repository.model.DocumentMemory;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Loads every index file into one index, and saves new ones.
public final class IndexFiles {
    /// Files read at a time. A full one takes about 25 MiB while it is decoded, and decoding is what takes time.
    private static final int FULL_FILES = 3;
    /// More are read at a time while together they take no more than this, sealed, since then it is asking for them
    /// that takes time: small ones of many short runs.
    private static final long SMALL_FILES_BYTES = 2 << 20;

    private final UnpackedObjects objects;
    private final int version;
    /// All there are, with their sizes in bytes.
    private final SortedMap<ObjectId, Long> files;
    private final BiConsumer<ObjectId, RuntimeException> damaged;
    private boolean anyDamaged;
    /// Memory of files that were decoded, for those that follow.
    private final ConcurrentLinkedQueue<DocumentMemory> idleMemory = new ConcurrentLinkedQueue<>();

    private final ConcurrentLinkedQueue<PackEntries> idleEntries = new ConcurrentLinkedQueue<>();

    private IndexFiles(
            UnpackedObjects objects,
            int version,
            SortedMap<ObjectId, Long> files,
            BiConsumer<ObjectId, RuntimeException> damaged) {
        this.objects = objects;
        this.version = version;
        this.files = files;
        this.damaged = (file, reason) -> {
            anyDamaged = true;
            damaged.accept(file, reason);
        };
    }

    /// Reads every index file. One that does not decode is reported and contributes nothing. One that describes a
    /// pack differently from another file is reported too, but both descriptions count: look-ups then find all
    /// candidates.
    ///
    /// A storage that does not answer is not damage: that failure is thrown, since a backup or a check on half
    /// an index would draw wrong conclusions.
    ///
    /// @param version of the repository, 1 or 2
    /// @param damaged called on the calling thread
    /// @return the caller closes it
    public static BlobIndex load(
            UnpackedObjects objects, Storage storage, int version, BiConsumer<ObjectId, RuntimeException> damaged) {
        return load(objects, storage, list(storage), version, damaged);
    }

    /// As above, of the files that [#list] returned.
    public static BlobIndex load(
            UnpackedObjects objects,
            Storage storage,
            SortedMap<ObjectId, Long> files,
            int version,
            BiConsumer<ObjectId, RuntimeException> damaged) {
        return new IndexFiles(objects, version, files, damaged).read(storage.connections());
    }

    /// As above, but reads only the index files the cache does not hold, and keeps the outcome there if no damage was
    /// found and if it pays.
    public static BlobIndex load(
            UnpackedObjects objects,
            Storage storage,
            int version,
            IndexCache cache,
            BiConsumer<ObjectId, RuntimeException> damaged) {
        return load(objects, storage, list(storage), version, cache, damaged);
    }

    /// As above, of the files that [#list] returned.
    public static BlobIndex load(
            UnpackedObjects objects,
            Storage storage,
            SortedMap<ObjectId, Long> files,
            int version,
            IndexCache cache,
            BiConsumer<ObjectId, RuntimeException> damaged) {
        return new IndexFiles(objects, version, files, damaged).read(storage.connections(), cache);
    }

    /// Gives what every index file says to `sink`, and merges nothing: for those who keep it elsewhere.
    /// Damage is told as by [#load]; a file that describes a pack differently is one of which the sink says
    /// so.
    public static void read(
            UnpackedObjects objects,
            Storage storage,
            int version,
            PackSink sink,
            BiConsumer<ObjectId, RuntimeException> damaged) {
        SortedMap<ObjectId, Long> files = list(storage);
        new IndexFiles(objects, version, files, damaged).read(sink, files.keySet(), storage.connections());
    }

    /// The index files there are, with their sizes in bytes.
    public static SortedMap<ObjectId, Long> list(Storage storage) {
        SortedMap<ObjectId, Long> files = new TreeMap<>();
        storage.list(
                ObjectType.INDEX,
                object -> files.put(ObjectId.parse(object.key().name()), object.size()));
        return files;
    }

    private MergedIndex read(int connections) {
        var builder = new MergedIndex.Builder();
        merge(builder, files.keySet(), connections);
        return builder.build();
    }

    private MergedIndex read(int connections, IndexCache cache) {
        IndexCache.Kept kept = cache.read(files);
        if (kept == null) {
            kept = new IndexCache.Kept(new MergedIndex.Builder(), Set.of());
        }
        MergedIndex.Builder builder = kept.builder();
        int before = builder.size();
        Set<ObjectId> unknown = new TreeSet<>(files.keySet());
        unknown.removeAll(kept.files());
        merge(builder, unknown, connections);
        if (!IndexCache.pays(unknown.size(), builder.size() - before, builder.size())) {
            return builder.build();
        }
        MergedIndex index = builder.buildSorted();
        if (!anyDamaged) {
            cache.write(index, files);
        }
        return index;
    }

    private void merge(MergedIndex.Builder builder, Collection<ObjectId> wanted, int connections) {
        boolean done = false;
        try {
            read(builder, wanted, connections);
            done = true;
        } finally {
            if (!done) {
                builder.discard();
            }
        }
    }

    private void read(PackSink sink, Collection<ObjectId> wanted, int connections) {
        var window = new Prefetch.Window(Math.min(connections, FULL_FILES), connections, SMALL_FILES_BYTES);
        Prefetch.run(
                "loading the index",
                window,
                wanted,
                file -> files.getOrDefault(file, 0L),
                this::decode,
                (Decoded decoded) -> give(sink, decoded));
    }

    /// @param packs  in the memory of `from`
    /// @param damage why the file contributes nothing; null when it decoded
    private record Decoded(
            ObjectId file,
            List<IndexedPack> packs,
            PackEntries from,
            @Nullable RuntimeException damage) {}

    private Decoded decode(ObjectId file) {
        PackEntries entries = Objects.requireNonNullElseGet(idleEntries.poll(), PackEntries::new);
        DocumentMemory memory = Objects.requireNonNullElseGet(idleMemory.poll(), DocumentMemory::new);
        entries.clear();
        try {
            List<IndexedPack> packs = objects.load(
                    ObjectType.INDEX,
                    file,
                    memory,
                    (json, length) -> IndexParser.parse(json, length, version, entries));
            return new Decoded(file, packs, entries, null);
        } catch (MalformedIndexException e) {
            String fact = Objects.requireNonNullElse(e.getMessage(), "not an index document");
            return new Decoded(file, List.of(), entries, RepositoryException.damaged(name(file), fact, e));
        } catch (RepositoryException e) {
            return new Decoded(file, List.of(), entries, e);
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NOT_FOUND) {
                throw e;
            }
            return new Decoded(
                    file, List.of(), entries, RepositoryException.missing(name(file), "the list of index files"));
        } finally {
            idleMemory.add(memory);
        }
    }

    private void give(PackSink sink, Decoded decoded) {
        if (decoded.damage() != null) {
            damaged.accept(decoded.file(), decoded.damage());
        }
        for (IndexedPack pack : decoded.packs()) {
            if (!sink.add(pack.pack(), pack.entries())) {
                String fact = "it describes pack " + pack.pack().hex() + " differently from another index file";
                damaged.accept(decoded.file(), RepositoryException.damaged(name(decoded.file()), fact, null));
            }
        }
        idleEntries.add(decoded.from());
    }

    private static String name(ObjectId file) {
        return "index file " + file.hex();
    }
}
