package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;

/// Takes what index files say, pack by pack, in the order of the files' ids. Called on one thread.
@FunctionalInterface
public interface PackSink {
    /// @param entries in any order; not to be kept
    /// @return false if another index file described the same pack differently
    boolean add(ObjectId pack, PackEntries entries);
}
