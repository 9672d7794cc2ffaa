package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import dev.reprise.storage.StorageException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds single entries of a parent snapshot by their paths, for streams, which have few. Belongs to one thread.
final class ParentTrees {
    static final ParentTrees NONE = new ParentTrees(_ -> ParentNodes.NONE, null);

    private interface Loader {
        ParentNodes load(ObjectId tree);
    }

    private final Loader loader;
    private final @Nullable ObjectId root;
    private final Map<ObjectId, ParentNodes> loaded = new HashMap<>();

    private ParentTrees(Loader loader, @Nullable ObjectId root) {
        this.loader = loader;
        this.root = root;
    }

    /// Trees that cannot be read are reported, and what lies in them counts as new.
    static ParentTrees load(Repository repository, BlobIndex index, ObjectId root, BackupListener listener) {
        return new ParentTrees(
                tree -> {
                    try (BlobReader reader = repository.reader(index)) {
                        return ParentNodes.of(TreeCodec.decode(reader.read(BlobHandle.tree(tree))));
                    } catch (TreeFormatException | RepositoryException | StorageException e) {
                        listener.on(new BackupEvent.Warning("tree %s of the parent snapshot cannot be read: %s"
                                .formatted(tree.hex(), e.getMessage())));
                        return ParentNodes.NONE;
                    }
                },
                root);
    }

    /// @return null if the parent has no such entry
    @Nullable
    Node find(List<RawName> path) {
        ObjectId tree = root;
        Node node = null;
        for (RawName name : path) {
            if (tree == null) {
                return null;
            }
            node = loaded.computeIfAbsent(tree, loader::load).find(name);
            tree = node == null ? null : node.subtree();
        }
        return node;
    }
}
