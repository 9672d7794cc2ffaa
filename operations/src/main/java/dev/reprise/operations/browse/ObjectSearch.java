package dev.reprise.operations.browse;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Finds where snapshots refer to blobs, trees, or anything of some packs. Ids are given in full or by their first 8
/// digits. Belongs to one thread; remembers what it found in one snapshot when it looks at the next.
public final class ObjectSearch {
    /// Told of references in the order of the tree.
    public interface Receiver {
        /// @param path of the file
        /// @param tree that holds the file
        void blob(ObjectId blob, RawName path, ObjectId tree);

        /// @param path of the directory
        void tree(ObjectId tree, RawName path);

        /// This tree and what is below it was not searched.
        void unreadable(ObjectId tree, RepositoryException reason);
    }

    private final Set<String> blobs = new TreeSet<>();
    private final Set<String> trees = new TreeSet<>();
    private final boolean onlyTrees;
    private long treesFound;

    private ObjectSearch(boolean onlyTrees) {
        this.onlyTrees = onlyTrees;
    }

    public static ObjectSearch forBlobs(Collection<String> ids) {
        var search = new ObjectSearch(false);
        search.blobs.addAll(ids);
        return search;
    }

    public static ObjectSearch forTrees(Collection<String> ids) {
        var search = new ObjectSearch(true);
        search.trees.addAll(ids);
        return search;
    }

    /// @throws OperationException if the index does not know one of the packs
    public static ObjectSearch forPacks(Collection<String> ids, BlobIndex index) {
        var search = new ObjectSearch(false);
        Set<String> missing = new TreeSet<>(ids);
        index.forEachPack(pack -> {
            if (ids.contains(pack.pack().hex()) || ids.contains(pack.pack().shortHex())) {
                missing.remove(pack.pack().hex());
                missing.remove(pack.pack().shortHex());
                pack.blobs().forEach(blob -> search.add(blob.handle()));
            }
        });
        if (!missing.isEmpty()) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "unable to find pack(s): " + missing,
                    "list the packs with \"list packs\"; run \"repair index\" if the index does not know one",
                    null);
        }
        return search;
    }

    private void add(BlobHandle handle) {
        switch (handle.type()) {
            case DATA -> blobs.add(handle.id().hex());
            case TREE -> trees.add(handle.id().hex());
        }
    }

    /// What is searched for; a short id of a blob becomes the full one once it is found.
    public Set<String> blobs() {
        return blobs;
    }

    /// As [#blobs].
    public Set<String> trees() {
        return trees;
    }

    /// When trees were asked for and as many were found, the rest of a snapshot is passed over.
    public void run(TreeReader reader, ObjectId root, Receiver receiver) {
        if (isWanted(trees, root)) {
            receiver.tree(root, RawName.of("/"));
            if (foundAllTrees()) {
                return;
            }
        }
        var walk = new TreeWalk(reader);
        walk.walk(root, new TreeWalk.Visitor() {
            @Override
            public boolean node(ObjectId tree, RawName path, Node node) {
                if (node.type() == NodeType.DIR && isWanted(trees, TreeWalk.subtree(tree, node))) {
                    receiver.tree(TreeWalk.subtree(tree, node), path);
                    if (foundAllTrees()) {
                        walk.stop();
                    }
                }
                List<ObjectId> content = node.content();
                if (node.type() == NodeType.FILE && content != null && !blobs.isEmpty()) {
                    content.stream()
                            .filter(ObjectSearch.this::isWantedBlob)
                            .forEach(id -> receiver.blob(id, path, tree));
                }
                return true;
            }

            @Override
            public void unreadable(ObjectId tree, RawName path, RepositoryException reason) {
                receiver.unreadable(tree, reason);
            }
        });
    }

    private boolean foundAllTrees() {
        treesFound++;
        return onlyTrees && treesFound >= trees.size();
    }

    private static boolean isWanted(Set<String> wanted, ObjectId id) {
        return !wanted.isEmpty() && (wanted.contains(id.hex()) || wanted.contains(id.shortHex()));
    }

    /// The first blob that fits a short id takes its place.
    private boolean isWantedBlob(ObjectId id) {
        boolean wanted = isWanted(blobs, id);
        if (wanted && blobs.add(id.hex())) {
            blobs.remove(id.shortHex());
        }
        return wanted;
    }
}
