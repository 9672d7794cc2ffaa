package dev.reprise.operations.browse;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.sorting.IdTable;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.tree.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The blobs that trees need, each once; every tree is read once, whatever number of snapshots share it. Belongs to
/// one thread, which is joined by others while trees are loaded.
public final class UsedBlobs {
    private final TreeLoader loader;
    /// Trees whose places are looked up together.
    private static final int BATCH_TREES = 16 * 1024;

    private final IdTable trees = IdTable.inMemory();
    private final IdTable data = IdTable.inMemory();

    public UsedBlobs(TreeLoader loader) {
        this.loader = loader;
    }

    /// Adds what one root tree needs.
    ///
    /// @throws RuntimeException the first tree that cannot be read
    public void add(ObjectId root) {
        var failures = new ArrayList<RuntimeException>();
        descend(List.of(root), failures::add);
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    /// Batch by batch, as deep as there are directories not seen before. A tree's id depends on the ids
    /// below it, so there are no cycles to run in.
    private void descend(Collection<ObjectId> roots, Consumer<RuntimeException> failure) {
        int next = trees.size();
        roots.forEach(trees::add);
        while (next < trees.size()) {
            int end = Math.min(trees.size(), next + BATCH_TREES);
            loader.load(trees.between(next, end), new TreeLoader.Receiver() {
                @Override
                public void tree(ObjectId id, List<Node> nodes) {
                    synchronized (trees) {
                        nodes.forEach(UsedBlobs.this::note);
                    }
                }

                @Override
                public void damaged(ObjectId id, RuntimeException reason) {
                    synchronized (trees) {
                        failure.accept(reason);
                    }
                }
            });
            next = end;
        }
    }

    private void note(Node node) {
        @Nullable ObjectId subtree = node.subtree();
        if (subtree != null) {
            trees.add(subtree);
        }
        List<ObjectId> content = node.content();
        if (content != null) {
            content.forEach(data::add);
        }
    }

    /// Tree blobs found so far.
    public IdTable trees() {
        return trees;
    }

    /// Data blobs found so far.
    public IdTable data() {
        return data;
    }
}
