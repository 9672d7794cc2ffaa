package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import java.util.List;
import java.util.function.Consumer;

/// The union of all index files. Safe for many threads once loaded; blobs stored by this process since are
/// included.
public interface BlobIndex {
    boolean contains(BlobHandle handle);

    /// Every copy; empty when the blob is unknown. When one copy cannot be read, try the next.
    List<BlobLocation> find(BlobHandle handle);

    /// Plaintext length in bytes, or -1 when the blob is unknown. Costs no allocation.
    int plainLength(BlobHandle handle);

    /// Number of entries, copies counted.
    long size();

    /// Every entry once, grouped by pack, in the order of their offsets.
    void forEachPack(Consumer<PackContent> consumer);

    /// What the index says of one pack.
    ///
    /// @param blobs in the order of their offsets
    record PackContent(ObjectId pack, List<BlobLocation> blobs) {}
}
