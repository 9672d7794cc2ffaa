package dev.reprise.operations.browse;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.base.Workers;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Compares two trees. What they share by id is not compared again. Belongs to one thread.
public final class SnapshotDiff {
    private static final RawName ROOT = RawName.of("/");
    private static final RawName NOTHING = RawName.of("");

    private final TreeReader reader;
    private final TreeLoader loader;
    private final BlobIndex index;
    private final boolean metadata;
    private final Receiver receiver;

    private final Side before = new Side();
    private final Side after = new Side();
    /// Roots of what both have.
    private final Set<ObjectId> common = new HashSet<>();

    private long changedFiles;

    /// Told of differences in the order of names, each directory before what is in it.
    public interface Receiver {
        /// @param path     directories end in `/`
        /// @param modifier one or more of `+` added, `-` removed, `T` other type, `M` other content,
        ///                 `?` other content with equal metadata, `U` other metadata
        void change(RawName path, String modifier);

        /// Something cannot be read and was not compared.
        void unreadable(RepositoryException reason);
    }

    /// What one side has and the other has not. Blobs are those only one side needs; `bytes` are their plain lengths.
    public record Amount(long files, long dirs, long others, long dataBlobs, long treeBlobs, long bytes) {}

    public record Result(long changedFiles, Amount added, Amount removed) {}

    /// What was met on one side: nodes the other side lacks, and every blob.
    private static final class Side {
        private final Set<BlobHandle> blobs = new HashSet<>();
        private long files;
        private long dirs;
        private long others;

        void count(Node node) {
            switch (node.type()) {
                case FILE -> files++;
                case DIR -> dirs++;
                case SYMLINK, DEV, CHARDEV, FIFO, SOCKET, IRREGULAR -> others++;
            }
        }

        void note(ObjectId tree, Node node) {
            if (node.type() == NodeType.DIR) {
                blobs.add(BlobHandle.tree(TreeWalk.subtree(tree, node)));
            }
            List<ObjectId> content = node.content();
            if (node.type() == NodeType.FILE && content != null) {
                content.forEach(id -> blobs.add(BlobHandle.data(id)));
            }
        }
    }

    /// One directory of one side that is being compared.
    private static final class Cursor {
        private final ObjectId tree;
        private final List<Node> nodes;
        private int next;

        Cursor(ObjectId tree, List<Node> nodes) {
            this.tree = tree;
            this.nodes = nodes;
        }

        @Nullable
        Node peek() {
            return next < nodes.size() ? nodes.get(next) : null;
        }
    }

    /// A directory that has been entered; what does not exist on one side is empty there.
    private record Level(RawName path, Cursor left, Cursor right) {}

    private SnapshotDiff(TreeReader reader, TreeLoader loader, BlobIndex index, boolean metadata, Receiver receiver) {
        this.reader = reader;
        this.loader = loader;
        this.index = index;
        this.metadata = metadata;
        this.receiver = receiver;
    }

    /// @param metadata whether changes of metadata alone are told
    /// @throws RepositoryException if one of the two root trees cannot be read, or if they are nested too deeply
    public static Result run(
            TreeReader reader,
            TreeLoader loader,
            BlobIndex index,
            ObjectId first,
            ObjectId second,
            boolean metadata,
            Receiver receiver) {
        var diff = new SnapshotDiff(reader, loader, index, metadata, receiver);
        diff.before.blobs.add(BlobHandle.tree(first));
        diff.after.blobs.add(BlobHandle.tree(second));
        diff.compare(first, second);
        diff.forgetCommon();
        return new Result(
                diff.changedFiles, diff.amount(diff.after, diff.before), diff.amount(diff.before, diff.after));
    }

    private void compare(ObjectId first, ObjectId second) {
        Deque<Level> levels = new ArrayDeque<>();
        levels.addLast(new Level(ROOT, cursor(first), cursor(second)));
        while (!levels.isEmpty()) {
            Level level = levels.getLast();
            Node a = level.left().peek();
            Node b = level.right().peek();
            if (a == null && b == null) {
                levels.removeLast();
            } else {
                int order = a == null ? 1 : b == null ? -1 : a.name().compareTo(b.name());
                step(levels, level, order <= 0 ? a : null, order >= 0 ? b : null);
            }
        }
    }

    private Cursor cursor(@Nullable ObjectId tree) {
        return tree == null ? new Cursor(ObjectId.NULL, List.of()) : new Cursor(tree, reader.tree(tree));
    }

    /// At least one of the nodes is there; if both are, they have the same name.
    private void step(Deque<Level> levels, Level level, @Nullable Node a, @Nullable Node b) {
        if (a != null) {
            level.left().next++;
            before.note(level.left().tree, a);
        }
        if (b != null) {
            level.right().next++;
            after.note(level.right().tree, b);
        }
        if (a != null && b != null) {
            RawName path = level.path().child(a.name());
            changed(path, a, b);
            ObjectId left = directory(level.left(), a);
            ObjectId right = directory(level.right(), b);
            if (left != null && left.equals(right)) {
                common.add(left);
            } else if (left != null && right != null) {
                enter(levels, path, left, right);
            }
        } else if (a != null) {
            oneSided(levels, level, a, "-");
        } else if (b != null) {
            oneSided(levels, level, b, "+");
        }
    }

    private static @Nullable ObjectId directory(Cursor cursor, Node node) {
        return node.type() == NodeType.DIR ? TreeWalk.subtree(cursor.tree, node) : null;
    }

    private void changed(RawName path, Node a, Node b) {
        String modifier = a.type() == b.type() ? "" : "T";
        boolean files = a.type() == NodeType.FILE && b.type() == NodeType.FILE;
        if (files && !Objects.equals(a.content(), b.content())) {
            changedFiles++;
            modifier += NodeComparison.sameBesidesContent(a, b) ? "M?" : "M";
        } else if (metadata && !NodeComparison.same(a, b)) {
            modifier += "U";
        }
        if (!modifier.isEmpty()) {
            receiver.change(shown(path, b), modifier);
        }
    }

    private void oneSided(Deque<Level> levels, Level level, Node node, String modifier) {
        boolean removed = modifier.equals("-");
        RawName path = level.path().child(node.name());
        receiver.change(shown(path, node), modifier);
        (removed ? before : after).count(node);
        ObjectId below = directory(removed ? level.left() : level.right(), node);
        if (below != null) {
            enter(levels, path, removed ? below : null, removed ? null : below);
        }
    }

    private static RawName shown(RawName path, Node node) {
        return node.type() == NodeType.DIR ? path.child(NOTHING) : path;
    }

    private void enter(Deque<Level> levels, RawName path, @Nullable ObjectId left, @Nullable ObjectId right) {
        Workers.stopIfInterrupted("comparing snapshots");
        TreeWalk.refuseDepth(levels.size(), path);
        try {
            levels.addLast(new Level(path, cursor(left), cursor(right)));
        } catch (RepositoryException e) {
            receiver.unreadable(e);
        }
    }

    /// Blobs below equal subtrees count for neither side. They are read only if they could matter.
    private void forgetCommon() {
        if (before.blobs.equals(after.blobs)) {
            return;
        }
        var used = new UsedBlobs(loader);
        for (ObjectId tree : common) {
            try {
                used.add(tree);
            } catch (RepositoryException e) {
                receiver.unreadable(e);
            }
        }
        used.trees().forEach(id -> forget(BlobHandle.tree(id)));
        used.data().forEach(id -> forget(BlobHandle.data(id)));
    }

    private void forget(BlobHandle blob) {
        before.blobs.remove(blob);
        after.blobs.remove(blob);
    }

    private Amount amount(Side side, Side other) {
        long data = 0;
        long trees = 0;
        long bytes = 0;
        for (BlobHandle blob : side.blobs) {
            if (other.blobs.contains(blob)) {
                continue;
            }
            switch (blob.type()) {
                case DATA -> data++;
                case TREE -> trees++;
            }
            int length = index.plainLength(blob);
            if (length < 0) {
                receiver.unreadable(RepositoryException.missing(blob.toString(), "a snapshot, and no index names it"));
            }
            bytes += Math.max(0, length);
        }
        return new Amount(side.files, side.dirs, side.others, data, trees, bytes);
    }
}
