package dev.reprise.operations.repair;

import dev.reprise.operations.rewrite.Replacement;
import dev.reprise.operations.rewrite.SnapshotRewrite;
import dev.reprise.operations.rewrite.TreeRewriting;
import dev.reprise.operations.rewrite.TreeStore;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Plans new snapshots without what is lost (repository format, section 10.4). The index must be right before.
///
/// A snapshot of which not even the root can be read is removed, whether old snapshots are to be removed or not.
public final class SnapshotRepair {
    private static final String TAG = "repaired";

    private final SnapshotRewrite rewrite;

    /// @param store   takes new trees; [TreeStore#NOTHING] to only find out what would change
    /// @param forget  whether damaged snapshots are removed; else they stay, and the new ones get a tag
    /// @param present every snapshot of the repository
    public SnapshotRepair(
            BlobReader reader,
            BlobIndex index,
            TreeStore store,
            boolean forget,
            List<StoredSnapshot> present,
            RepairListener listener) {
        var trees = new TreeRewriting(reader, store, new LossRules(index, listener));
        var change = new SnapshotRewrite.Change("", null, true, false, TAG, forget, false);
        rewrite = new SnapshotRewrite(trees, change, present);
    }

    /// @return null if nothing of the snapshot is lost
    public @Nullable Replacement plan(StoredSnapshot snapshot) {
        return rewrite.plan(snapshot);
    }
}
