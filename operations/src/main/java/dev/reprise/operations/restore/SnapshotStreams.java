package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.sources.Facts;
import dev.reprise.sources.StreamSource.StoredStreams;
import java.io.InputStream;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/// The streams of one captured source, read from its snapshot. Streams are opened one at a time by one thread.
public final class SnapshotStreams implements StoredStreams, AutoCloseable {
    private final TreeReader reader;
    private final BlobIndex index;
    private final CapturedSource captured;
    private final TreeMap<String, Node> files = new TreeMap<>();

    private SnapshotStreams(TreeReader reader, BlobIndex index, CapturedSource captured) {
        this.reader = reader;
        this.index = index;
        this.captured = captured;
    }

    /// Finds the streams of a source that was captured.
    ///
    /// @throws RepositoryException if its trees cannot be read, or a stream its manifest names is not there
    public static SnapshotStreams open(Repository repository, BlobIndex index, CapturedSource captured) {
        var streams = new SnapshotStreams(new TreeReader(repository, index), index, captured);
        boolean whole = false;
        try {
            streams.collect("", streams.reader.find(treeOf(captured), "/" + captured.name()));
            streams.requireAll();
            whole = true;
            return streams;
        } finally {
            if (!whole) {
                streams.close();
            }
        }
    }

    private void requireAll() {
        for (var named : captured.streams()) {
            Node file = files.get(named.path());
            if (file == null || file.size() != named.bytes()) {
                throw RepositoryException.missing(
                        "stream %s of %d bytes".formatted(named.path(), named.bytes()),
                        "recovery of " + captured.name());
            }
        }
    }

    /// The root tree of a captured source.
    ///
    /// @throws IllegalArgumentException if it was not captured
    public static ObjectId treeOf(CapturedSource captured) {
        ObjectId tree = captured.tree();
        if (tree == null) {
            throw new IllegalArgumentException(captured.name() + " was not captured");
        }
        return tree;
    }

    private void collect(String prefix, Node directory) {
        ObjectId subtree = directory.subtree();
        if (subtree == null) {
            throw RepositoryException.damaged("snapshot of " + captured.name(), "it holds no folder of streams", null);
        }
        for (Node node : reader.tree(subtree)) {
            String path = prefix + node.name();
            if (node.subtree() == null) {
                files.put(path, node);
            } else {
                collect(path + "/", node);
            }
        }
    }

    /// Packs that reading every stream reads.
    public Set<ObjectId> packs() {
        Set<ObjectId> packs = new HashSet<>();
        for (Node file : files.values()) {
            List<ObjectId> content = file.content();
            for (ObjectId blob : content == null ? List.<ObjectId>of() : content) {
                index.find(BlobHandle.data(blob)).stream().findFirst().ifPresent(copy -> packs.add(copy.pack()));
            }
        }
        return packs;
    }

    @Override
    public List<String> paths() {
        return List.copyOf(files.keySet());
    }

    @Override
    public long size(String path) {
        return node(path).size();
    }

    @Override
    public InputStream open(String path) {
        InputStream content = reader.open(node(path));
        return captured.streams().stream()
                .filter(stream -> stream.path().equals(path))
                .findFirst()
                .<InputStream>map(stream ->
                        new HashedStream(content, stream.sha256(), "stream %s of %s".formatted(path, captured.name())))
                .orElse(content);
    }

    private Node node(String path) {
        Node node = files.get(path);
        if (node == null) {
            throw new IllegalArgumentException("no stream " + path + " among " + files.keySet());
        }
        return node;
    }

    @Override
    public Facts facts() {
        return captured.facts();
    }

    @Override
    public void close() {
        reader.close();
    }

    /// The tree whose entries a restore of these paths puts directly into its target: the one folder that was
    /// saved, or the root when several were (their absolute paths then appear below the target).
    ///
    /// @param paths absolute paths of the snapshot
    public static ObjectId content(TreeReader reader, ObjectId root, List<String> paths) {
        if (paths.size() != 1 || paths.getFirst().equals("/")) {
            return root;
        }
        ObjectId subtree = reader.find(root, paths.getFirst()).subtree();
        return subtree == null ? root : subtree; // a single file keeps its place below the target
    }
}
