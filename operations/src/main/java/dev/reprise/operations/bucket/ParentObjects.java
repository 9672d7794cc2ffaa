package dev.reprise.operations.bucket;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Finds the objects of the snapshot before, asked for in the order of their keys. Belongs to one thread.
final class ParentObjects {
    private final Function<ObjectId, List<Node>> trees;
    private final Consumer<String> warning;
    private final ArrayDeque<Open> open = new ArrayDeque<>();

    /// @param folder null if the snapshot before has none of that name
    private record Open(@Nullable RawName name, @Nullable StoredFolder folder) {}

    /// @param bucket  tree of the bucket's folder; null for none
    /// @param trees   reads a tree; what it throws is told, and what lies there counts as new
    ParentObjects(@Nullable ObjectId bucket, Function<ObjectId, List<Node>> trees, Consumer<String> warning) {
        this.trees = trees;
        this.warning = warning;
        open.push(new Open(null, folder(bucket)));
    }

    /// @param names as [KeyNames#split] gives them
    /// @return null if there was none
    @Nullable
    Node find(List<RawName> names) {
        List<RawName> folders = names.subList(0, names.size() - 1);
        int common = common(folders);
        while (open.size() - 1 > common) {
            open.pop();
        }
        for (RawName name : folders.subList(common, folders.size())) {
            StoredFolder.Entry entry = seek(KeyNames.folder(name));
            ObjectId tree = entry == null ? null : entry.node().subtree();
            open.push(new Open(name, folder(tree)));
        }
        StoredFolder.Entry entry = seek(KeyNames.object(names.getLast()));
        return entry == null || entry.isFolder() ? null : entry.node();
    }

    private int common(List<RawName> folders) {
        int common = 0;
        var inside = open.descendingIterator();
        inside.next();
        while (inside.hasNext() && common < folders.size() && Objects.equals(inside.next().name, folders.get(common))) {
            common++;
        }
        return common;
    }

    private StoredFolder.@Nullable Entry seek(byte[] key) {
        StoredFolder folder = open.element().folder;
        if (folder == null) {
            return null;
        }
        try {
            return folder.seek(key);
        } catch (UnreadableTreeException | IllegalArgumentException e) {
            forget(e);
            return null;
        }
    }

    private void forget(RuntimeException e) {
        warning.accept("a part of the snapshot before cannot be read and its objects are read anew: " + e.getMessage());
        Open lost = open.pop();
        open.push(new Open(lost.name, null));
    }

    private @Nullable StoredFolder folder(@Nullable ObjectId tree) {
        if (tree == null) {
            return null;
        }
        try {
            return new StoredFolder(tree, trees);
        } catch (UnreadableTreeException | IllegalArgumentException e) {
            warning.accept(
                    "a folder of the snapshot before cannot be read and its objects are read anew: " + e.getMessage());
            return null;
        }
    }

    /// What `trees` throws for a tree that is missing or damaged.
    static final class UnreadableTreeException extends RuntimeException {
        private static final long serialVersionUID = 1;

        UnreadableTreeException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
