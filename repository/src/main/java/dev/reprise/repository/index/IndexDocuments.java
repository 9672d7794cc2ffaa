package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.IndexParser.MalformedIndexException;
import dev.reprise.repository.model.ObjectName;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.ArrayList;
import java.util.List;

/// Index files one by one, for maintenance that must not hold all of them in memory. Safe for many threads.
public final class IndexDocuments {
    /// A file with as many blobs is full; writers start a new one.
    public static final int FULL_BLOBS = 50_000;

    private final UnpackedObjects objects;
    private final Storage storage;
    private final int version;

    /// @param version of the repository, 1 or 2
    public IndexDocuments(UnpackedObjects objects, Storage storage, int version) {
        this.objects = objects;
        this.storage = storage;
        this.version = version;
    }

    /// Ids of all index files, sorted.
    public List<ObjectId> files() {
        List<ObjectId> files = new ArrayList<>();
        storage.list(
                ObjectType.INDEX,
                object -> files.add(ObjectId.parse(object.key().name())));
        files.sort(null);
        return files;
    }

    /// @throws RepositoryException naming the file if it is missing or does not decode
    public IndexDocument load(ObjectId file) {
        byte[] json = objects.load(ObjectType.INDEX, file);
        try {
            return IndexParser.parseAll(file, json, version);
        } catch (MalformedIndexException e) {
            throw RepositoryException.damaged(ObjectName.of(ObjectType.INDEX, file), String.valueOf(e.getMessage()), e);
        }
    }

    /// The bytes of a new index file.
    public static byte[] encode(List<IndexDocument.Pack> packs, List<MarkedPack> marked) {
        var encoder = new IndexEncoder();
        packs.forEach(pack -> encoder.add(pack.pack(), pack.entries()));
        encoder.addMarked(marked);
        return encoder.finish();
    }

    /// Saves what [#encode] made; durable on return.
    public ObjectId save(byte[] json) {
        return objects.save(ObjectType.INDEX, json);
    }
}
