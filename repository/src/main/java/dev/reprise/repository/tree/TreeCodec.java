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
        throw new IllegalStateException("not built yet");
    }

    /// Accepts any member order, white space and unknown members; nothing is resolved or trusted.
    ///
    /// @return nodes in stored order
    /// @throws TreeFormatException if the bytes are no tree
    public static List<Node> decode(byte[] tree) throws TreeFormatException {
        throw new IllegalStateException("not built yet");
    }
}
