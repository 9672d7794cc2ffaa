package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import java.util.List;

/// Brings plaintext back, verified: MAC, decompressed length and SHA-256. Not thread-safe: one per thread.
public interface BlobReader extends AutoCloseable {
    /// Reads one blob, trying every copy the index knows.
    ///
    /// @throws dev.reprise.repository.model.RepositoryException naming blob and packs if no copy is good, or none
    /// exists
    byte[] read(BlobHandle handle);

    /// Reads several blobs of one pack, joining neighbours into few storage reads. Each result is given to the
    /// consumer once, in order of offsets; `data` is valid only during the call. A blob that is damaged in this
    /// pack is tried in its other copies before it is reported as damaged.
    ///
    /// @param blobs locations in `pack`, any order
    void readPack(ObjectId pack, List<BlobLocation> blobs, PackConsumer consumer);

    @Override
    void close();

    interface PackConsumer {
        /// @param data plaintext in `data[0 … length)`
        void blob(BlobLocation location, byte[] data, int length);

        /// No good copy of this blob exists; reading goes on with the next.
        void damaged(BlobLocation location, RuntimeException reason);
    }
}
