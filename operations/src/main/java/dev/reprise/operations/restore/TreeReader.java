package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads trees and single files out of a repository, in order. Not thread-safe.
public final class TreeReader implements AutoCloseable {
    private final Repository repository;
    private final BlobIndex index;
    private final BlobReader trees;

    public TreeReader(Repository repository, BlobIndex index) {
        this.repository = repository;
        this.index = index;
        trees = repository.reader(index);
    }

    /// Nodes of one tree.
    ///
    /// @throws RepositoryException naming the tree if it is missing or damaged
    public List<Node> tree(ObjectId id) {
        try {
            return TreeCodec.decode(trees.read(BlobHandle.tree(id)));
        } catch (TreeFormatException e) {
            throw RepositoryException.damaged("tree " + id.hex(), String.valueOf(e.getMessage()), e);
        }
    }

    /// The node at a path like `/db/app.dump` below a root tree. Names are compared as the path's UTF-8
    /// bytes; empty components do not count.
    ///
    /// @throws RepositoryException if there is none
    public Node find(ObjectId root, String path) {
        Iterator<String> names = List.of(path.split("/")).stream()
                .filter(name -> !name.isEmpty())
                .iterator();
        @Nullable ObjectId folder = root;
        @Nullable Node found = null;
        while (names.hasNext()) {
            if (folder == null) {
                throw absent(root, path);
            }
            found = child(tree(folder), RawName.of(names.next()));
            if (found == null) {
                throw absent(root, path);
            }
            folder = found.type() == NodeType.DIR ? found.subtree() : null;
        }
        if (found == null) {
            throw absent(root, path);
        }
        return found;
    }

    private static @Nullable Node child(List<Node> nodes, RawName name) {
        for (Node node : nodes) {
            if (node.name().equals(name)) {
                return node;
            }
        }
        return null;
    }

    private static RepositoryException absent(ObjectId root, String path) {
        return RepositoryException.refused(
                "there is no \"%s\" in tree %s".formatted(path, root.hex()),
                "list what is there with \"reprise restic ls\"");
    }

    /// Content of a file, verified blob by blob, read ahead by another thread. The caller closes it,
    /// which ends that thread.
    ///
    /// The stream throws [RepositoryException] naming the blob when one is missing or damaged: what was
    /// read before is right, what follows is unknown. An interrupt while it waits throws
    /// [dev.reprise.base.CancelledException].
    ///
    /// @throws IllegalArgumentException if the node is no file
    public InputStream open(Node file) {
        if (file.type() != NodeType.FILE) {
            throw new IllegalArgumentException("not a file but " + file.type() + ": " + file.name());
        }
        List<ObjectId> content = file.content();
        return content == null ? InputStream.nullInputStream() : new ReadAhead(repository, index, content);
    }

    /// Writes the content of a file, without closing `out`. Small files are read on this thread: starting another one
    /// for each would take longer.
    ///
    /// @throws RepositoryException naming the blob that is missing or damaged; what was written before is right
    /// @throws IllegalArgumentException if the node is no file
    public void copy(Node file, OutputStream out) throws IOException {
        List<ObjectId> content = file.content();
        if (file.type() == NodeType.FILE && content != null && content.size() == 1) {
            out.write(trees.read(BlobHandle.data(content.getFirst())));
            return;
        }
        try (InputStream in = open(file)) {
            in.transferTo(out);
        }
    }

    @Override
    public void close() {
        trees.close();
    }
}
