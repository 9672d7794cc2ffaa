package dev.reprise.operations.prune;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.sorting.BlobRecord;
import dev.reprise.repository.model.BlobType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decides about every pack by restic's rules (repository format, section 10.2). Belongs to one thread.
final class PackDecision {
    /// restic's smallest target for packs.
    private static final long SMALLEST_TARGET = 4 << 20;
    /// Fewer small packs are not worth the trouble, and might be packed again and again.
    private static final int FEWEST_SMALL_PACKS = 10;

    private static final int SHOWN = 10;
    private static final int DATA = BlobRecord.code(BlobType.DATA);
    private static final int TREE = BlobRecord.code(BlobType.TREE);

    private final PackTable table;
    private final PackAccounts accounts;
    private final PruneOptions options;
    private final int version;
    private final PruneListener listener;
    private final PruneAction[] actions;
    private final List<Integer> candidates = new ArrayList<>();
    private final List<Integer> smallCandidates = new ArrayList<>();
    private final List<ObjectId> absent = new ArrayList<>();
    private long smallPackBytes;

    private long duplicateBlobs;
    private long duplicateBytes;
    private long unusedBlobs;
    private long unusedBytes;
    private long repackBlobs;
    private long repackBytes;
    private long repackRemoveBlobs;
    private long repackRemoveBytes;
    private long removeBlobs;
    private long removeBytes;
    private long uncompressedBytes;
    private long usedPacks;
    private long unusedPacks;
    private long partlyUsedPacks;
    private long keepPacks;
    private long repackPacks;
    private long removePacks;
    /// Waste in packs that are not repacked because of their class.
    private long sparedBytes;

    private final List<ObjectId> spared = new ArrayList<>();

    /// @param version of the repository: 1 knows no compression
    PackDecision(PackTable table, PackAccounts accounts, PruneOptions options, int version, PruneListener listener) {
        this.table = table;
        this.accounts = accounts;
        this.options = options;
        this.version = version;
        this.listener = listener;
        this.actions = new PruneAction[table.size()];
    }

    /// @param marked by number of the pack: what a mark for deletion asks for; null for packs in use
    PruneAction[] decide(@Nullable PruneAction[] marked) {
        smallPackBytes = smallPackBytes(marked);
        for (int pack = 0; pack < actions.length; pack++) {
            PruneAction mark = marked[pack];
            boolean revived = mark != null && accounts.usedBlobs(pack) > 0;
            if (mark == null || revived) {
                count(pack);
                actions[pack] = decide(pack, revived);
            } else {
                actions[pack] = mark;
            }
        }
        refuseAbsent();
        chooseRepacked();
        return actions;
    }

    private void count(int pack) {
        duplicateBlobs += accounts.duplicateBlobs(pack);
        duplicateBytes += accounts.duplicateSize(pack);
        unusedBlobs += accounts.unusedBlobs(pack) - accounts.duplicateBlobs(pack);
        unusedBytes += accounts.unusedSize(pack) - accounts.duplicateSize(pack);
    }

    /// 0.8 of the larger of restic's smallest target and the size that 3 % of the packs stay below.
    private long smallPackBytes(@Nullable PruneAction[] marked) {
        if (options.smallPackBytes() > 0) {
            return options.smallPackBytes();
        }
        long[] sizes = new long[actions.length];
        int count = 0;
        for (int pack = 0; pack < actions.length; pack++) {
            if (marked[pack] == null && !accounts.isEmpty(pack)) {
                sizes[count++] = accounts.size(pack);
            }
        }
        if (count == 0) {
            return 0;
        }
        Arrays.sort(sizes, 0, count);
        return Math.max(SMALLEST_TARGET, sizes[(int) (count * 3L / 100)]) * 4 / 5;
    }

    /// @param revived only marked for deletion so far: it is taken back as it is, the next prune may repack
    ///                it
    private PruneAction decide(int pack, boolean revived) {
        boolean needed = accounts.usedBlobs(pack) > 0;
        if (!accounts.isListed(pack)) {
            return absent(pack, needed);
        }
        if (needed && accounts.size(pack) != accounts.listedSize(pack)) {
            throw wrongSize(pack);
        }
        if (accounts.hasUncompressed(pack)) {
            uncompressedBytes += accounts.size(pack);
        }
        if (!needed) {
            unusedPacks++;
            removePacks++;
            countRemoved(pack);
            return options.twoPhase() ? PruneAction.MARK : PruneAction.REMOVE;
        }
        boolean whole = accounts.unusedBlobs(pack) == 0;
        if (whole) {
            usedPacks++;
        } else {
            partlyUsedPacks++;
        }
        if (revived) {
            keepPacks++;
            return PruneAction.REVIVE;
        }
        if (options.cacheableOnly() && accounts.isOnly(pack, DATA)) {
            keepPacks++;
        } else if (accounts.isArchived(pack) || (options.keepCold() && accounts.isCold(pack))) {
            spare(pack);
        } else if (!whole || accounts.isMixed(pack) || mustCompress(pack)) {
            candidates.add(pack);
        } else if (accounts.listedSize(pack) < smallPackBytes) {
            smallCandidates.add(pack);
        } else {
            keepPacks++;
        }
        return PruneAction.KEEP;
    }

    /// Its waste stays, and must not be made up for by repacking others.
    private void spare(int pack) {
        keepPacks++;
        if (accounts.unusedBlobs(pack) > 0 || accounts.isMixed(pack) || mustCompress(pack)) {
            spared.add(table.id(pack));
            sparedBytes += accounts.unusedSize(pack);
        }
    }

    private PruneAction absent(int pack, boolean needed) {
        if (needed) {
            absent.add(table.id(pack));
            return PruneAction.KEEP;
        }
        countRemoved(pack);
        return PruneAction.FORGET;
    }

    private void countRemoved(int pack) {
        removeBlobs += accounts.unusedBlobs(pack);
        removeBytes += accounts.unusedSize(pack);
    }

    private boolean mustCompress(int pack) {
        return version >= 2
                && accounts.hasUncompressed(pack)
                && (accounts.isOnly(pack, TREE) || options.repackUncompressed());
    }

    private OperationException wrongSize(int pack) {
        return new OperationException(
                ExitStatus.FAILED,
                "pack size does not match calculated size from index: pack %s has %d bytes instead of %d"
                        .formatted(table.id(pack).hex(), accounts.listedSize(pack), accounts.size(pack)),
                "nothing was changed; run \"repair index\", then \"check --read-data\"",
                null);
    }

    private void refuseAbsent() {
        if (!absent.isEmpty()) {
            List<String> shown = absent.stream().limit(SHOWN).map(ObjectId::hex).toList();
            throw new OperationException(
                    ExitStatus.FAILED,
                    "packs from index missing in repo: %d that snapshots need: %s%s"
                            .formatted(absent.size(), String.join(", ", shown), absent.size() > SHOWN ? ", …" : ""),
                    "nothing was changed; find out where they went; \"check\" names the snapshots that need them",
                    null);
        }
    }

    /// Trees and mixed packs first, then small ones, then those with the largest share nobody needs.
    private void chooseRepacked() {
        if (smallCandidates.size() < FEWEST_SMALL_PACKS) {
            keepPacks += smallCandidates.size();
        } else {
            candidates.addAll(smallCandidates);
        }
        candidates.sort(Comparator.<Integer, Boolean>comparing(pack -> accounts.isOnly(pack, DATA))
                .thenComparing(pack -> accounts.size(pack) >= smallPackBytes)
                .thenComparing(this::compareUnusedShare)
                .thenComparing(Comparator.naturalOrder()));
        long tolerated = options.maxUnused().bytes(accounts.totalUsedBytes());
        long most = options.recoverSpace() ? 0 : options.maxRepackBytes();
        for (int pack : candidates) {
            long left = duplicateBytes + unusedBytes - removeBytes - repackRemoveBytes - sparedBytes;
            boolean mayStay = accounts.isOnly(pack, DATA)
                    && !mustCompress(pack)
                    && left < tolerated
                    && accounts.size(pack) >= smallPackBytes;
            if (repackBytes + accounts.size(pack) >= most || mayStay) {
                keepPacks++;
            } else {
                repack(pack);
            }
        }
    }

    private int compareUnusedShare(int a, int b) {
        long left = accounts.unusedSize(a) * accounts.usedSize(b);
        long right = accounts.unusedSize(b) * accounts.usedSize(a);
        return Long.compareUnsigned(right, left);
    }

    private void repack(int pack) {
        actions[pack] = PruneAction.REPACK;
        repackPacks++;
        repackBlobs += accounts.unusedBlobs(pack) + accounts.usedBlobs(pack);
        repackBytes += accounts.size(pack);
        repackRemoveBlobs += accounts.unusedBlobs(pack);
        repackRemoveBytes += accounts.unusedSize(pack);
        if (accounts.hasUncompressed(pack)) {
            uncompressedBytes -= accounts.size(pack);
        }
    }

    /// Call it after [#decide].
    PruneStats stats(long unreferencedPacks, long unreferencedBytes) {
        for (int pack = 0; pack < actions.length; pack++) {
            if (actions[pack] == PruneAction.FORGET) {
                listener.warning("missing but unneeded pack " + table.id(pack).hex() + " will be forgotten");
            } else if (actions[pack] == PruneAction.REVIVE) {
                listener.warning("pack " + table.id(pack).hex()
                        + " was marked for deletion, but is needed: it will be taken back into the index");
            }
        }
        if (!spared.isEmpty()) {
            List<String> shown = spared.stream().limit(SHOWN).map(ObjectId::hex).toList();
            listener.warning(
                    "%d packs with %d bytes nobody needs stay as they are, because of their storage class: %s%s"
                            .formatted(
                                    spared.size(),
                                    sparedBytes,
                                    String.join(", ", shown),
                                    spared.size() > SHOWN ? ", …" : ""));
        }
        var blobs = new PruneStats.Blobs(
                accounts.totalUsedBlobs(), duplicateBlobs, unusedBlobs, repackBlobs, repackRemoveBlobs, removeBlobs);
        var bytes = new PruneStats.Bytes(
                accounts.totalUsedBytes(),
                duplicateBytes,
                unusedBytes,
                unreferencedBytes,
                version >= 2 ? uncompressedBytes : 0,
                repackBytes,
                repackRemoveBytes,
                removeBytes);
        var packs = new PruneStats.Packs(
                usedPacks, unusedPacks, partlyUsedPacks, unreferencedPacks, keepPacks, repackPacks, removePacks);
        return new PruneStats(blobs, bytes, packs);
    }
}
