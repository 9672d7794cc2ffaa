package dev.reprise.operations.bucket;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The entries of one folder of a saved bucket in the order of their keys, parts taken together; one part at a time is
/// in memory. Belongs to one thread.
final class StoredFolder {
    private static final Comparator<Entry> BY_KEY = (a, b) -> Arrays.compareUnsigned(a.key, b.key);

    private final Function<ObjectId, List<Node>> trees;
    private final Deque<ObjectId> parts = new ArrayDeque<>();
    private List<Entry> entries = List.of();
    private int next;

    /// @param key what it adds to the key of its folder
    record Entry(byte[] key, Node node) {
        boolean isFolder() {
            return node.type() == NodeType.DIR;
        }
    }

    /// @param trees reads a tree
    StoredFolder(ObjectId tree, Function<ObjectId, List<Node>> trees) {
        this.trees = trees;
        List<Node> nodes = trees.apply(tree);
        boolean divided = !nodes.isEmpty() && nodes.stream().allMatch(node -> KeyNames.isPart(node.name()));
        if (divided) {
            for (Node part : nodes) {
                ObjectId subtree = part.subtree();
                if (subtree == null) {
                    throw new IllegalArgumentException("no part of a folder: " + part.name());
                }
                parts.add(subtree);
            }
        } else {
            load(nodes);
        }
    }

    private void load(List<Node> nodes) {
        List<Entry> loaded = new ArrayList<>(nodes.size());
        for (Node node : nodes) {
            loaded.add(
                    switch (node.type()) {
                        case DIR -> new Entry(KeyNames.folder(node.name()), node);
                        case FILE -> new Entry(KeyNames.object(node.name()), node);
                        case SYMLINK, DEV, CHARDEV, FIFO, SOCKET, IRREGULAR ->
                            throw new IllegalArgumentException("neither an object nor a folder: " + node.name());
                    });
        }
        loaded.sort(BY_KEY);
        entries = loaded;
        next = 0;
    }

    /// The next entry without stepping to it; null at the end.
    ///
    /// @throws IllegalArgumentException if what is stored is no folder of ours
    @Nullable
    Entry peek() {
        while (next == entries.size()) {
            if (parts.isEmpty()) {
                return null;
            }
            load(trees.apply(parts.remove()));
        }
        return entries.get(next);
    }

    void step() {
        next++;
    }

    /// Steps to the first entry that is not before this key.
    ///
    /// @param key what an entry adds to the key of its folder
    /// @return the entry with exactly this key; null if there is none
    @Nullable
    Entry seek(byte[] key) {
        for (Entry entry = peek(); entry != null; entry = peek()) {
            int order = Arrays.compareUnsigned(entry.key, key);
            if (order >= 0) {
                return order == 0 ? entry : null;
            }
            step();
        }
        return null;
    }
}
