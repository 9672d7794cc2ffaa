package dev.reprise.repository.model;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectType;
import java.util.Arrays;

/// Objects that are one sealed JSON document: index, snapshot, lock, point (repository format, section 2.4).
/// Safe for many threads.
public interface UnpackedObjects {
    /// Seals and stores under the hash of the sealed bytes; durable on return. The sealed form is opened and
    /// compared before it is written.
    ObjectId save(ObjectType type, byte[] json);

    /// As above, with memory that is used again afterwards. For many large ones.
    ///
    /// @param json   not changed
    /// @param length of the document, from the start of `json`
    /// @param memory used by one call at a time
    default ObjectId save(ObjectType type, byte[] json, int length, DocumentMemory memory) {
        return save(type, Arrays.copyOf(json, length));
    }

    /// Reads, checks the hash, opens, decompresses. Size is bounded.
    ///
    /// @throws RepositoryException naming the object if it is missing, damaged or too large
    byte[] load(ObjectType type, ObjectId id);

    /// As [#load], but gives the document to `reader` in memory that is used again afterwards. For many large ones.
    ///
    /// @param memory used by one call at a time
    /// @throws X what the reader throws
    default <R, X extends Exception> R load(
            ObjectType type, ObjectId id, DocumentMemory memory, DocumentReader<R, X> reader) throws X {
        byte[] json = load(type, id);
        return reader.read(json, json.length);
    }

    /// Makes something of a document.
    interface DocumentReader<R, X extends Exception> {
        /// @param buffer not to be kept or changed
        /// @param length of the document, from the start of `buffer`
        R read(byte[] buffer, int length) throws X;
    }
}
