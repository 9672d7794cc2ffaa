package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.sorting.ExternalSort;
import java.util.ArrayList;
import java.util.List;

/// What a prune will do. Holds what is known of blobs, partly in files; closing frees it.
public final class PrunePlan implements AutoCloseable {
    private final PruneOptions options;
    private final PruneStats stats;
    private final List<ObjectId> unreferenced;
    private final PackTable table;
    private final PackAccounts accounts;
    private final PruneAction[] actions;
    private final ExternalSort indexed;
    private final ExternalSort used;
    private final List<ObjectId> indexFiles;

    /// @param unreferenced packs that no index names, as listed under the lock
    /// @param actions      by number of the pack
    /// @param indexFiles   what was read to make the plan
    PrunePlan(
            PruneOptions options,
            PruneStats stats,
            List<ObjectId> unreferenced,
            PackTable table,
            PackAccounts accounts,
            PruneAction[] actions,
            ExternalSort indexed,
            ExternalSort used,
            List<ObjectId> indexFiles) {
        this.options = options;
        this.stats = stats;
        this.unreferenced = List.copyOf(unreferenced);
        this.table = table;
        this.accounts = accounts;
        this.actions = actions;
        this.indexed = indexed;
        this.used = used;
        this.indexFiles = List.copyOf(indexFiles);
    }

    public PruneOptions options() {
        return options;
    }

    public PruneStats stats() {
        return stats;
    }

    /// Packs that no index names; deleted first.
    public List<ObjectId> unreferenced() {
        return unreferenced;
    }

    /// Packs whose needed blobs are written again.
    public List<ObjectId> repacked() {
        return packs(PruneAction.REPACK);
    }

    /// Packs of which nothing is needed.
    public List<ObjectId> removed() {
        return packs(PruneAction.REMOVE);
    }

    /// Packs that are named by an index, not there, and not needed.
    public List<ObjectId> forgotten() {
        return packs(PruneAction.FORGET);
    }

    /// Packs another program marked for deletion, long enough ago.
    public List<ObjectId> removedMarked() {
        return packs(PruneAction.REMOVE_MARKED);
    }

    /// Packs another program marked for deletion that are needed.
    public List<ObjectId> revived() {
        return packs(PruneAction.REVIVE);
    }

    private List<ObjectId> packs(PruneAction action) {
        List<ObjectId> packs = new ArrayList<>();
        for (int pack = 0; pack < actions.length; pack++) {
            if (actions[pack] == action) {
                packs.add(table.id(pack));
            }
        }
        return packs;
    }

    boolean changesIndex() {
        for (PruneAction action : actions) {
            if (action.changesIndex()) {
                return true;
            }
        }
        return false;
    }

    PackTable table() {
        return table;
    }

    PackAccounts accounts() {
        return accounts;
    }

    PruneAction action(int pack) {
        return actions[pack];
    }

    BlobCopies copies() {
        return new BlobCopies(indexed, used);
    }

    List<ObjectId> indexFiles() {
        return indexFiles;
    }

    @Override
    public void close() {
        indexed.close();
        used.close();
    }
}
