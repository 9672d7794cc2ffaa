package dev.reprise.repository.model;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectType;

/// Objects that are one sealed JSON document: index, snapshot, lock, point (repository format, section 2.4).
/// Safe for many threads.
public interface UnpackedObjects {
    /// Seals and stores under the hash of the sealed bytes; durable on return. The sealed form is opened and
    /// compared before it is written.
    ObjectId save(ObjectType type, byte[] json);

    /// Reads, checks the hash, opens, decompresses. Size is bounded.
    ///
    /// @throws RepositoryException naming the object if it is missing, damaged or too large
    byte[] load(ObjectType type, ObjectId id);
}
