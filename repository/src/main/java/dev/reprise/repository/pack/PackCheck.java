package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobLocation;
import java.util.List;

/// Reads a whole pack and reports everything that is wrong with it (repository format, section 10.3, 4).
/// Not thread-safe: one per thread.
public interface PackCheck extends AutoCloseable {
    /// Checks the pack's SHA-256, its header against the index, and that every blob opens, decompresses and
    /// hashes.
    ///
    /// @param indexed what the index says, in order of offsets
    /// @return one sentence per defect; empty when the pack is good
    List<String> check(ObjectId pack, List<BlobLocation> indexed);

    @Override
    void close();
}
