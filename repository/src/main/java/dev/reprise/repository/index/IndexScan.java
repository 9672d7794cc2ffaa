package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.IndexParser.IndexedPack;
import dev.reprise.repository.index.IndexParser.MalformedIndexException;
import dev.reprise.repository.model.ObjectName;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.ArrayList;
import java.util.List;

/// Reads index files one by one, for those who change them; [IndexFiles] merges them for everybody else.
public final class IndexScan {
    private final UnpackedObjects objects;
    private final Storage storage;
    private final int version;

    /// @param version of the repository, 1 or 2
    public IndexScan(UnpackedObjects objects, Storage storage, int version) {
        this.objects = objects;
        this.storage = storage;
        this.version = version;
    }

    /// Called on the calling thread, once for each file.
    public interface Visitor {
        /// @param json  the document
        /// @param packs what it says, in the order it says it; not the packs other programs mark for deletion
        void file(ObjectId id, byte[] json, List<PackContent> packs);

        /// The file does not decode. Nothing it may say can be relied on.
        void damaged(ObjectId id, RuntimeException reason);
    }

    /// Every index file, in the order of ids.
    ///
    /// @throws dev.reprise.storage.StorageException if the storage does not answer: that is no damage
    public void forEach(Visitor visitor) {
        for (ObjectId id : files()) {
            byte[] json;
            List<PackContent> packs;
            try {
                json = objects.load(ObjectType.INDEX, id);
                packs = packs(IndexParser.parse(json, version));
                IndexEdit.without(json, _ -> false, _ -> false); // also the lists nobody reads must be lists of packs
            } catch (RepositoryException e) {
                visitor.damaged(id, e);
                continue;
            } catch (MalformedIndexException | IllegalArgumentException e) {
                String fact = String.valueOf(e.getMessage());
                visitor.damaged(id, RepositoryException.damaged(ObjectName.of(ObjectType.INDEX, id), fact, e));
                continue;
            }
            visitor.file(id, json, packs);
        }
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

    private static List<PackContent> packs(List<IndexedPack> indexed) {
        List<PackContent> packs = new ArrayList<>(indexed.size());
        for (IndexedPack pack : indexed) {
            packs.add(
                    new PackContent(pack.pack(), pack.entries().inOffsetOrder().locations(pack.pack())));
        }
        return packs;
    }
}
