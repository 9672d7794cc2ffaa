package dev.reprise.operations.rewrite;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Workers;
import dev.reprise.operations.OperationException;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes trees anew by rules. A tree in which nothing changes keeps its bytes and its id, in whatever form another
/// program wrote it; one that changes is refused if writing it anew would lose something. Belongs to one thread.
///
/// Every tree is looked at once, at each path if the rules depend on it.
public final class TreeRewriting {
    /// Deeper than any file system nests; trees from outside may nest without end.
    private static final int DEEPEST = 10_000;

    private static final RawName ROOT = RawName.of("/");
    private static final RawName NO_PATH = RawName.of("");

    private final BlobReader reader;
    private final TreeStore store;
    private final TreeRules rules;
    private final Map<Place, Rewritten> done = new HashMap<>();

    public TreeRewriting(BlobReader reader, TreeStore store, TreeRules rules) {
        this.reader = reader;
        this.store = store;
        this.rules = rules;
    }

    /// What a tree has become.
    ///
    /// @param tree  null if the directory is to be left out
    /// @param files regular files in it and below
    /// @param bytes sum of their sizes
    public record Rewritten(@Nullable ObjectId tree, long files, long bytes) {}

    /// @param path empty unless the rules depend on it
    private record Place(ObjectId tree, RawName path) {}

    /// Rewrites a tree and all below it. New trees go to the store, lower ones first.
    ///
    /// @throws dev.reprise.base.RepriseException if a tree cannot be read, or not be written without loss
    public Rewritten rewrite(ObjectId root) {
        Deque<Directory> open = new ArrayDeque<>();
        Rewritten result = enter(root, ROOT, open);
        while (!open.isEmpty()) {
            Directory directory = open.getLast();
            if (result != null) {
                directory.below(result);
                result = null;
            }
            Node next = directory.next();
            if (next != null) {
                ObjectId subtree = next.subtree();
                result = enter(subtree == null ? ObjectId.NULL : subtree, directory.child(next), open);
            } else {
                result = directory.close();
                done.put(directory.place, result);
                open.removeLast();
            }
        }
        if (result == null) {
            throw new IllegalStateException("a rewriting without a result");
        }
        return result;
    }

    /// @return what is known already; null after opening the directory
    private @Nullable Rewritten enter(ObjectId tree, RawName path, Deque<Directory> open) {
        Workers.stopIfInterrupted("rewriting snapshots");
        var place = new Place(tree, rules.dependsOnPath() ? path : NO_PATH);
        Rewritten known = done.get(place);
        if (known != null) {
            return known;
        }
        if (open.size() >= DEEPEST) {
            throw refused("tree %s lies more than %d directories deep".formatted(tree.hex(), DEEPEST), null);
        }
        byte[] bytes;
        List<Node> nodes;
        try {
            bytes = reader.read(BlobHandle.tree(tree));
            nodes = decode(tree, bytes);
        } catch (RepositoryException e) {
            List<Node> instead = rules.unreadable(path, e);
            return instead == null
                    ? new Rewritten(null, 0, 0)
                    : new Rewritten(store.save(TreeCodec.encode(instead)), 0, 0);
        }
        open.addLast(new Directory(place, path, bytes, nodes));
        return null;
    }

    private static List<Node> decode(ObjectId tree, byte[] bytes) {
        try {
            return TreeCodec.decode(bytes);
        } catch (TreeFormatException e) {
            throw RepositoryException.damaged("tree " + tree.hex(), String.valueOf(e.getMessage()), e);
        }
    }

    private static OperationException refused(String fact, @Nullable Throwable cause) {
        return new OperationException(ExitStatus.FAILED, fact, "", cause);
    }

    /// A tree being gone through.
    private final class Directory {
        private final Place place;
        private final RawName path;
        private final byte[] bytes;
        private final List<Node> nodes;
        private final List<Node> kept = new ArrayList<>();
        private int at;
        private boolean changed;
        private long files;
        private long size;
        private @Nullable Node waiting;

        Directory(Place place, RawName path, byte[] bytes, List<Node> nodes) {
            this.place = place;
            this.path = path;
            this.bytes = bytes;
            this.nodes = nodes;
        }

        RawName child(Node node) {
            return path.child(node.name());
        }

        /// @return a directory whose tree has to be rewritten first; null at the end
        @Nullable
        Node next() {
            while (at < nodes.size()) {
                Node old = nodes.get(at++);
                Node node = rules.node(old, child(old));
                changed |= !old.equals(node);
                if (node == null) {
                    continue;
                }
                if (node.type() == NodeType.DIR) {
                    waiting = node;
                    return node;
                }
                if (node.type() == NodeType.FILE) {
                    files++;
                    size += node.size();
                }
                kept.add(node);
            }
            return null;
        }

        /// Takes what became of the directory that was waited for.
        void below(Rewritten below) {
            Node node = waiting;
            if (node == null) {
                throw new IllegalStateException("nobody waits for this tree");
            }
            waiting = null;
            files += below.files();
            size += below.bytes();
            ObjectId tree = below.tree();
            changed |= tree == null || !tree.equals(node.subtree());
            if (tree != null) {
                kept.add(node.withSubtree(tree));
            }
        }

        Rewritten close() {
            if (kept.isEmpty() && !rules.keepsEmpty(path)) {
                return new Rewritten(null, 0, 0);
            }
            if (!changed) {
                return new Rewritten(place.tree(), files, size);
            }
            if (!rules.mayLoseForm() && !Arrays.equals(encode(nodes), bytes)) {
                throw refused("cannot encode tree at \"%s\" without losing information".formatted(path), null);
            }
            return new Rewritten(store.save(encode(kept)), files, size);
        }

        private byte[] encode(List<Node> list) {
            try {
                return TreeCodec.encode(list);
            } catch (IllegalArgumentException e) {
                throw refused("nodes are not ordered or duplicate at \"%s\": %s".formatted(path, e.getMessage()), e);
            }
        }
    }
}
