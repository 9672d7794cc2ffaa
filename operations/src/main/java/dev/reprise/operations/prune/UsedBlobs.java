package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.sorting.BlobRecord;
import dev.reprise.operations.sorting.ExternalSort;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Finds every blob that snapshots need, by reading every tree once.
final class UsedBlobs {
    /// Trees whose places are looked up together; those of one pack are then read together.
    private static final int BATCH_TREES = 16 * 1024;

    private final TreeLoader loader;
    private final ExternalSort used;
    private final Deque<ObjectId> waiting = new ArrayDeque<>();
    private final IdSet seen = new IdSet();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final byte[] record = new byte[BlobRecord.HANDLE_BYTES];

    /// @param trees finds trees
    /// @param used  takes records of [BlobRecord#HANDLE_BYTES]
    UsedBlobs(Repository repository, BlobIndex trees, ExternalSort used, int workers) {
        this.loader = new TreeLoader(repository, trees, workers);
        this.used = used;
    }

    /// @throws RuntimeException naming the first tree that cannot be read: nothing may be concluded then
    void collect(Collection<ObjectId> roots) {
        roots.forEach(this::meet);
        while (!waiting.isEmpty()) {
            List<ObjectId> batch = new ArrayList<>();
            while (!waiting.isEmpty() && batch.size() < BATCH_TREES) {
                batch.add(waiting.removeLast());
            }
            loader.load(batch, new Collector());
            RuntimeException first = failure.get();
            if (first != null) {
                throw first;
            }
        }
    }

    long trees() {
        return seen.size();
    }

    private synchronized void meet(ObjectId tree) {
        if (seen.add(tree)) {
            waiting.add(tree);
            use(BlobType.TREE, tree);
        }
    }

    private void use(BlobType type, ObjectId id) {
        BlobRecord.putHandle(record, type, id);
        used.add(record);
    }

    private synchronized void take(ObjectId tree, List<Node> nodes) {
        for (Node node : nodes) {
            List<ObjectId> content = node.content();
            if (content != null) {
                content.forEach(id -> use(BlobType.DATA, id));
            }
            if (node.type() == NodeType.DIR) {
                meet(subtree(tree, node));
            }
        }
    }

    private static ObjectId subtree(ObjectId tree, Node node) {
        ObjectId subtree = node.subtree();
        if (subtree == null || subtree.isNull()) {
            throw RepositoryException.damaged(
                    "tree " + tree.hex(), "directory \"" + node.name() + "\" has no tree", null);
        }
        return subtree;
    }

    private final class Collector implements TreeLoader.Receiver {
        @Override
        public void tree(ObjectId id, List<Node> nodes) {
            try {
                take(id, nodes);
            } catch (RuntimeException e) {
                damaged(id, e);
            }
        }

        @Override
        public void damaged(ObjectId id, RuntimeException reason) {
            failure.compareAndSet(null, reason);
        }
    }
}
