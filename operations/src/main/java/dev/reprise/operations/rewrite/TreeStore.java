package dev.reprise.operations.rewrite;

import dev.reprise.base.ObjectId;

/// Takes new trees.
@FunctionalInterface
public interface TreeStore {
    /// Knows the id and stores nothing: for finding out what would change.
    TreeStore NOTHING = ObjectId::hash;

    ObjectId save(byte[] tree);
}
