package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.sorting.BlobRecord;
import dev.reprise.operations.sorting.ExternalSort;
import dev.reprise.repository.model.BlobType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// What a prune will do. Holds what is known of blobs, partly in files; closing frees it.
public final class PrunePlan implements AutoCloseable {
    private final PruneOptions options;
    private final PruneStats stats;
    private final List<PackFile> unreferenced;
    private final PackTable table;
    private final PackAccounts accounts;
    private final PruneAction[] actions;
    private final ExternalSort indexed;
    private final ExternalSort used;
    private final List<ObjectId> indexFiles;

    /// A pack as the storage lists it.
    ///
    /// @param bytes its size
    record PackFile(ObjectId id, long bytes) {}

    /// @param unreferenced packs that no index names, as listed under the lock
    /// @param actions      by number of the pack
    /// @param indexFiles   what was read to make the plan
    PrunePlan(
            PruneOptions options,
            PruneStats stats,
            List<PackFile> unreferenced,
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

    /// Packs that no index names; deleted first, or marked if there are two phases.
    public List<ObjectId> unreferenced() {
        return unreferenced.stream().map(PackFile::id).toList();
    }

    /// Those that are only marked: another program may just be about to name them.
    List<PackFile> unreferencedToMark() {
        return options.twoPhase() ? unreferenced : List.of();
    }

    /// Packs whose needed blobs are written again.
    public List<ObjectId> repacked() {
        return packs(PruneAction.REPACK);
    }

    /// Packs of which nothing is needed.
    public List<ObjectId> removed() {
        return packs(PruneAction.REMOVE);
    }

    /// Packs of which nothing is needed and that are only marked, because there are two phases.
    public List<ObjectId> marked() {
        return packs(PruneAction.MARK);
    }

    /// Packs that stay because they were marked for deletion not long ago.
    public List<ObjectId> waiting() {
        return packs(PruneAction.KEEP_MARK);
    }

    /// Packs that are named by an index, not there, and not needed.
    public List<ObjectId> forgotten() {
        return packs(PruneAction.FORGET);
    }

    /// Packs that were marked for deletion, long enough ago.
    public List<ObjectId> removedMarked() {
        return packs(PruneAction.REMOVE_MARKED);
    }

    /// Packs that were marked for deletion and are needed.
    public List<ObjectId> revived() {
        return packs(PruneAction.REVIVE);
    }

    /// Tells of every pack that is there, in no order.
    public void forEachPack(Consumer<PlannedPack> consumer) {
        for (int pack = 0; pack < actions.length; pack++) {
            if (accounts.isListed(pack)) {
                consumer.accept(new PlannedPack(
                        table.id(pack),
                        accounts.listedSize(pack),
                        accounts.usedSize(pack),
                        accounts.isOnly(pack, BlobRecord.code(BlobType.DATA)),
                        fate(actions[pack])));
            }
        }
        unreferenced.forEach(
                pack -> consumer.accept(new PlannedPack(pack.id(), pack.bytes(), 0, false, PlannedPack.Fate.REMOVED)));
    }

    /// A mark counts as what it leads to.
    private static PlannedPack.Fate fate(PruneAction action) {
        return switch (action) {
            case KEEP, REVIVE -> PlannedPack.Fate.STAYS;
            case REPACK -> PlannedPack.Fate.REPACKED;
            case REMOVE, MARK, KEEP_MARK, REMOVE_MARKED, FORGET, DROP_MARK -> PlannedPack.Fate.REMOVED;
        };
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
        return !unreferencedToMark().isEmpty();
    }

    /// Whether the pack's file is removed at the end.
    boolean removesPack(int pack) {
        return switch (actions[pack]) {
            case REMOVE, REMOVE_MARKED -> true;
            case REPACK -> !options.twoPhase();
            case KEEP, MARK, FORGET, REVIVE, KEEP_MARK, DROP_MARK -> false;
        };
    }

    /// Whether the index lists the pack for deletion at the end, as it did not before.
    boolean marksPack(int pack) {
        return actions[pack] == PruneAction.MARK || (actions[pack] == PruneAction.REPACK && options.twoPhase());
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
