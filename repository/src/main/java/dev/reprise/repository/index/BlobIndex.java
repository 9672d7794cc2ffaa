package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import java.util.List;
import java.util.function.Consumer;

/// The union of all index files. Safe for many threads once loaded; blobs stored by this process since are
/// included.
///
/// It lies in memory outside the heap. Whoever loaded it may close it when it is done with; at the latest the
/// repository it was loaded from does, when it is closed itself. From then on every look-up throws
/// [IllegalStateException], also one that is under way in another thread.
public interface BlobIndex extends AutoCloseable {
    boolean contains(BlobHandle handle);

    /// Every copy; empty when the blob is unknown. When one copy cannot be read, try the next.
    List<BlobLocation> find(BlobHandle handle);

    /// Plaintext length in bytes, or -1 when the blob is unknown. Costs no allocation.
    int plainLength(BlobHandle handle);

    /// Number of entries, copies counted.
    long size();

    /// Every entry once, grouped by pack, in the order of their offsets. Only one pack at a time is made into
    /// objects.
    void forEachPack(Consumer<PackContent> consumer);

    /// Frees the memory. A second call does nothing.
    @Override
    void close();

    /// What the index says of one pack.
    ///
    /// @param blobs in the order of their offsets
    record PackContent(ObjectId pack, List<BlobLocation> blobs) {}
}
