package dev.reprise.operations.browse;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.tree.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The blobs that trees need, each once; every tree is read once, whatever number of snapshots share it. Belongs to
/// one thread, which is joined by others while trees are loaded.
public final class UsedBlobs {
    private final TreeLoader loader;
    private final Set<ObjectId> trees = new HashSet<>();
    private final Set<ObjectId> data = new HashSet<>();

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

    /// Level by level, as deep as there are directories not seen before. A tree's id depends on the ids below it, so
    /// there are no cycles to run in.
    private void descend(Collection<ObjectId> roots, Consumer<RuntimeException> failure) {
        List<ObjectId> level = roots.stream().filter(trees::add).toList();
        while (!level.isEmpty()) {
            var next = new ArrayList<ObjectId>();
            loader.load(level, new TreeLoader.Receiver() {
                @Override
                public void tree(ObjectId id, List<Node> nodes) {
                    synchronized (next) {
                        nodes.forEach(node -> note(node, next));
                    }
                }

                @Override
                public void damaged(ObjectId id, RuntimeException reason) {
                    synchronized (next) {
                        failure.accept(reason);
                    }
                }
            });
            level = next;
        }
    }

    private void note(Node node, List<ObjectId> next) {
        @Nullable ObjectId subtree = node.subtree();
        if (subtree != null && trees.add(subtree)) {
            next.add(subtree);
        }
        List<ObjectId> content = node.content();
        if (content != null) {
            data.addAll(content);
        }
    }

    /// Tree blobs found so far.
    public Set<ObjectId> trees() {
        return trees;
    }

    /// Data blobs found so far.
    public Set<ObjectId> data() {
        return data;
    }
}
