package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import java.util.List;

/// One index file, for those who go through them one by one.
///
/// @param packs  in the order of the file
/// @param marked packs that wait for their deletion
public record IndexDocument(ObjectId file, List<Pack> packs, List<MarkedPack> marked) {
    /// What the file says of one pack.
    ///
    /// @param entries in the order of their offsets, exact repetitions left out
    public record Pack(ObjectId pack, PackEntries entries) {}

    /// Blobs of all packs in use, copies counted.
    public long blobs() {
        return packs.stream().mapToLong(pack -> pack.entries().size()).sum();
    }
}
