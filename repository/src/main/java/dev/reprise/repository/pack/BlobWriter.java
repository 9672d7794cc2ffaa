package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobType;
import java.util.Set;

/// Stores blobs that the repository does not have yet. Safe for many threads, each with a [Session] of its own.
///
/// Order of effects: packs, then the index files that name them, then whatever the caller writes (a snapshot).
public interface BlobWriter extends AutoCloseable {
    /// Scratch space of one thread (ciphers, compression contexts, buffers). Close it before [#finish()].
    Session session();

    /// Completes open packs and writes the index. After it everything saved so far is durable and findable. The
    /// writer may go on to be used (a checkpoint).
    void finish();

    Stats stats();

    /// Ids of the index files written so far.
    Set<ObjectId> indexFiles();

    /// Drops packs that are still open. Blobs of finished packs that no index names yet stay behind unreferenced,
    /// which is harmless. After [#finish()] there is nothing to drop.
    @Override
    void close();

    interface Session extends AutoCloseable {
        /// Stores the bytes unless the index or this run already has them. Before a sealed blob is appended to
        /// its pack it is opened, decompressed and compared with `data`.
        ///
        /// @return what happened; with `fresh` false nothing was written
        Saved save(BlobType type, byte[] data, int offset, int length);

        @Override
        void close();
    }

    /// @param id          SHA-256 of the plaintext
    /// @param fresh       true when this call stored it
    /// @param storedBytes sealed length when fresh, else 0
    record Saved(ObjectId id, boolean fresh, int storedBytes) {}

    /// What was added since the writer was made.
    ///
    /// @param dataBlobs   number of new data blobs
    /// @param treeBlobs   number of new tree blobs
    /// @param plainBytes  sum of their plaintext lengths
    /// @param storedBytes sum of their sealed lengths
    /// @param packs       finished packs
    record Stats(long dataBlobs, long treeBlobs, long plainBytes, long storedBytes, long packs) {}
}
