package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;

/// Collects some blobs of some packs and makes an index of only these. Belongs to one thread.
public final class PartialIndex {
    private final MergedIndex.Builder builder = new MergedIndex.Builder();

    /// @param entries may be added to what was said of the pack before
    public void add(ObjectId pack, PackEntries entries) {
        var _ = builder.add(pack, entries);
    }

    /// Nothing may be added afterwards.
    public MergedIndex build() {
        return builder.build();
    }
}
