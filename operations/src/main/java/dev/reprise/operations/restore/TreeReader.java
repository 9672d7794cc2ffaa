package dev.reprise.operations.restore;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.tree.Node;
import java.io.InputStream;
import java.util.List;

/// Reads trees and single files out of a repository, in order. Not thread-safe.
public final class TreeReader implements AutoCloseable {
    public TreeReader(Repository repository, BlobIndex index) {
        throw new IllegalStateException("not built yet");
    }

    /// Nodes of one tree.
    ///
    /// @throws dev.reprise.repository.model.RepositoryException naming the tree if it is missing or damaged
    public List<Node> tree(ObjectId id) {
        throw new IllegalStateException("not built yet");
    }

    /// The node at a path like `/db/app.dump` below a root tree.
    ///
    /// @throws dev.reprise.repository.model.RepositoryException if there is none
    public Node find(ObjectId root, String path) {
        throw new IllegalStateException("not built yet");
    }

    /// Content of a file, verified blob by blob, read ahead by another thread. The caller closes it.
    public InputStream open(Node file) {
        throw new IllegalStateException("not built yet");
    }

    @Override
    public void close() {
        throw new IllegalStateException("not built yet");
    }
}
