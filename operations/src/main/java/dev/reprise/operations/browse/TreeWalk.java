package dev.reprise.operations.browse;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Workers;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Visits the nodes below a tree, each directory before what is in it, in stored order. Holds the directories on the
/// way to the current node and no more. Belongs to one thread.
public final class TreeWalk {
    /// No path of a file system leads deeper: its names and slashes would be longer than 4096 bytes.
    public static final int MOST_DEPTH = 2048;

    private static final RawName ROOT = RawName.of("/");

    private final TreeReader reader;
    private boolean stopped;

    public TreeWalk(TreeReader reader) {
        this.reader = reader;
    }

    /// Told of each node. What it throws ends the walk.
    public interface Visitor {
        /// @param tree the tree that holds the node
        /// @param path from the root of the walk, with a leading `/`
        /// @return whether to go into it, if it is a directory
        boolean node(ObjectId tree, RawName path, Node node);

        /// Everything in a directory that was entered has been visited. Not called for the root.
        default void leave(RawName path) {}

        /// A tree is missing or damaged; the walk goes on behind it unless this throws.
        ///
        /// @param tree what cannot be read
        /// @param path of its directory, `/` for the root
        default void unreadable(ObjectId tree, RawName path, RepositoryException reason) {
            throw reason;
        }
    }

    /// A directory that has been entered and not yet left.
    private record Level(ObjectId tree, RawName path, Iterator<Node> rest) {}

    /// @throws RepositoryException if the tree is nested too deeply to come from a file system, or if the visitor
    ///         lets one through
    public void walk(ObjectId root, Visitor visitor) {
        stopped = false;
        Deque<Level> levels = new ArrayDeque<>();
        enter(levels, root, ROOT, visitor);
        while (!levels.isEmpty() && !stopped) {
            Level level = levels.getLast();
            if (level.rest().hasNext()) {
                visit(levels, level, level.rest().next(), visitor);
            } else {
                levels.removeLast();
                if (!levels.isEmpty()) {
                    visitor.leave(level.path());
                }
            }
        }
    }

    /// Ends the walk that is going on; for visitors that have seen enough.
    public void stop() {
        stopped = true;
    }

    private void visit(Deque<Level> levels, Level level, Node node, Visitor visitor) {
        RawName path = level.path().child(node.name());
        boolean wanted = visitor.node(level.tree(), path, node);
        if (node.type() == NodeType.DIR && wanted && !stopped) {
            enter(levels, subtree(level.tree(), node), path, visitor);
        }
    }

    private void enter(Deque<Level> levels, ObjectId tree, RawName path, Visitor visitor) {
        Workers.stopIfInterrupted("reading a snapshot");
        refuseDepth(levels.size(), path);
        List<Node> nodes;
        try {
            nodes = reader.tree(tree);
        } catch (RepositoryException e) {
            visitor.unreadable(tree, path, e);
            return;
        }
        levels.addLast(new Level(tree, path, nodes.iterator()));
    }

    static void refuseDepth(int depth, RawName path) {
        if (depth > MOST_DEPTH) {
            String start = path.toString();
            throw RepositoryException.damaged(
                    "the tree below " + start.substring(0, Math.min(60, start.length())) + "…",
                    "it is nested deeper than %d directories".formatted(MOST_DEPTH),
                    null);
        }
    }

    /// @throws RepositoryException if the directory names no tree
    static ObjectId subtree(ObjectId tree, Node directory) {
        @Nullable ObjectId subtree = directory.subtree();
        if (subtree == null) {
            throw RepositoryException.damaged(
                    "tree " + tree.hex(), "its directory \"%s\" names no tree".formatted(directory.name()), null);
        }
        return subtree;
    }
}
