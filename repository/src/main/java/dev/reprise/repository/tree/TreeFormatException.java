package dev.reprise.repository.tree;

import org.jspecify.annotations.Nullable;

/// Bytes that are no tree. Callers add the blob's id and the path.
public final class TreeFormatException extends Exception {
    private static final long serialVersionUID = 1;

    public TreeFormatException(String fact, @Nullable Throwable cause) {
        super(fact, cause);
    }
}
