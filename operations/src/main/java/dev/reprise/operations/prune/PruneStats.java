package dev.reprise.operations.prune;

/// What a prune found and will do, in restic's terms. Blobs are counted copy by copy; sizes are stored
/// bytes.
public record PruneStats(Blobs blobs, Bytes bytes, Packs packs) {
    /// @param duplicate    copies of used blobs beside the one that is kept
    /// @param repack       in packs that are repacked
    /// @param repackRemove of these, left behind
    /// @param remove       in packs that are deleted as they are
    public record Blobs(long used, long duplicate, long unused, long repack, long repackRemove, long remove) {
        public long total() {
            return used + unused + duplicate;
        }

        public long removeTotal() {
            return remove + repackRemove;
        }

        public long remaining() {
            return total() - removeTotal();
        }
    }

    /// Only `repack` and `uncompressed` count the headers of packs, as restic does.
    ///
    /// @param unreferenced of packs that no index names
    /// @param uncompressed of packs that hold uncompressed blobs and stay as they are
    public record Bytes(
            long used,
            long duplicate,
            long unused,
            long unreferenced,
            long uncompressed,
            long repack,
            long repackRemove,
            long remove) {
        public long total() {
            return used + duplicate + unused + unreferenced;
        }

        public long removeTotal() {
            return remove + repackRemove + unreferenced;
        }

        public long remaining() {
            return total() - removeTotal();
        }

        public long remainingUnused() {
            return duplicate + unused - remove - repackRemove;
        }
    }

    /// @param remove without those that are repacked, and without the unreferenced
    public record Packs(
            long used, long unused, long partlyUsed, long unreferenced, long keep, long repack, long remove) {
        public long total() {
            return used + partlyUsed + unused + unreferenced;
        }

        public long removeTotal() {
            return unreferenced + remove;
        }
    }
}
