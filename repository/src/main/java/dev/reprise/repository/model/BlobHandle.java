package dev.reprise.repository.model;

import dev.reprise.base.ObjectId;

/// The identity of a blob: its type and the SHA-256 of its plaintext.
public record BlobHandle(BlobType type, ObjectId id) implements Comparable<BlobHandle> {
    public static BlobHandle data(ObjectId id) {
        return new BlobHandle(BlobType.DATA, id);
    }

    public static BlobHandle tree(ObjectId id) {
        return new BlobHandle(BlobType.TREE, id);
    }

    @Override
    public String toString() {
        return type.word() + " blob " + id.hex();
    }

    /// By id, then type: a hash table stays fast when an index was made of ids that collide.
    @Override
    public int compareTo(BlobHandle other) {
        int byId = id.compareTo(other.id);
        return byId != 0 ? byId : type.compareTo(other.type);
    }
}
