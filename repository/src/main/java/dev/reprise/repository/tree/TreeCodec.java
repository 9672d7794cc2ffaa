package dev.reprise.repository.tree;

import java.util.List;

/// Encodes and decodes tree blobs. Stateless and safe for many threads.
public final class TreeCodec {
    private TreeCodec() {}

    /// Canonical bytes (section 7.1).
    ///
    /// @param nodes strictly ascending by raw name
    /// @throws IllegalArgumentException if they are not
    public static byte[] encode(List<Node> nodes) {
        return new TreeWriter(nodes.size()).write(nodes);
    }

    /// Accepts any member order, white space and unknown members; nothing is resolved or trusted. A missing or null
    /// list of nodes is an empty directory, as for restic up to 0.18. Bytes after the closing brace are ignored.
    ///
    /// [#encode] of the result gives the same bytes for everything restic writes. Members beside the list of nodes
    /// and white space are lost, so a caller that rewrites compares first.
    ///
    /// @return nodes in stored order
    /// @throws TreeFormatException if the bytes are no tree
    public static List<Node> decode(byte[] tree) throws TreeFormatException {
        List<Node> nodes = CompactTreeReader.read(tree);
        return nodes != null ? nodes : TreeReader.read(tree);
    }
}
