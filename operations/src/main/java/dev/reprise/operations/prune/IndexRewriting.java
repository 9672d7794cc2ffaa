package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.prune.PrunePlan.PackFile;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.MarkedPack;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes index files that no longer name the packs a plan removes. Holds one old and one new file at a
/// time.
///
/// Files that name none of those packs and are full stay as they are; small ones are merged. Packs that a
/// plan marks are moved to the list of those that wait for their deletion, with all they hold, so that they
/// can be taken back; marks that are there already are carried over.
final class IndexRewriting {
    /// Readers take no larger number for the size of a pack.
    private static final long MOST_PACK_BYTES = 0xFFFF_FFFFL;

    private final IndexDocuments documents;
    private final RepositoryLock lock;
    private final PrunePlan plan;
    /// What the packs met so far were said to hold, by number; 0 for not met.
    private final long[] met;
    /// Likewise for packs that are newer than the plan.
    private final Map<ObjectId, Long> metNew = new HashMap<>();
    /// As `met`, of the packs marked now. A pack that several files describe in different ways gets a mark of each
    /// kind: whoever takes it back needs all that it holds.
    private final long[] newlyMarked;

    private final String now;

    private List<IndexDocument.Pack> packs = new ArrayList<>();
    private List<MarkedPack> marked = new ArrayList<>();
    private long blobs;

    /// @param now when marks are set
    IndexRewriting(Repository repository, RepositoryLock lock, PrunePlan plan, Instant now) {
        this.documents = repository.indexDocuments();
        this.lock = lock;
        this.plan = plan;
        this.now = now.toString();
        this.met = new long[plan.table().size()];
        this.newlyMarked = new long[plan.table().size()];
    }

    /// @param save takes each new file
    /// @return the old files, to be deleted when every new one is durable
    List<ObjectId> run(List<ObjectId> files, Consumer<byte[]> save) {
        List<ObjectId> obsolete = new ArrayList<>();
        for (ObjectId file : files) {
            IndexDocument document = documents.load(file);
            if (isUpToDate(document)) {
                document.packs().forEach(this::meet);
                continue;
            }
            obsolete.add(file);
            for (IndexDocument.Pack pack : document.packs()) {
                carryOver(pack, save);
            }
            for (MarkedPack mark : document.marked()) {
                carryOver(mark, save);
            }
        }
        for (PackFile pack : plan.unreferencedToMark()) {
            mark(new MarkedPack(pack.id(), new PackEntries(), now, size(pack.bytes())), save);
        }
        flush(save);
        return obsolete;
    }

    private boolean isUpToDate(IndexDocument document) {
        return document.blobs() + blobs(document.marked()) >= IndexDocuments.FULL_BLOBS
                && document.packs().stream().allMatch(pack -> stays(pack.pack()) && !isRepeated(pack))
                && document.marked().stream().allMatch(mark -> action(mark.pack()) == PruneAction.KEEP_MARK);
    }

    /// Whether an index file names the pack as in use after [#run].
    ///
    /// @param pack its number
    boolean keeps(int pack) {
        return met[pack] != 0;
    }

    /// A stray file can be of any size: what nobody could read is left out.
    private static long size(long bytes) {
        return bytes > MOST_PACK_BYTES ? -1 : bytes;
    }

    private static long blobs(List<MarkedPack> marked) {
        return marked.stream().mapToLong(mark -> mark.entries().size()).sum();
    }

    /// Packs newer than the plan stay: they are what was packed again.
    private boolean stays(ObjectId pack) {
        return switch (action(pack)) {
            case null -> true;
            case KEEP, REVIVE, KEEP_MARK, REMOVE_MARKED, DROP_MARK -> true;
            case REMOVE, MARK, REPACK, FORGET -> false;
        };
    }

    private @Nullable PruneAction action(ObjectId pack) {
        int number = plan.table().find(pack);
        return number < 0 ? null : plan.action(number);
    }

    private void carryOver(IndexDocument.Pack pack, Consumer<byte[]> save) {
        if (stays(pack.pack()) && !isRepeated(pack)) {
            meet(pack);
            append(pack, save);
            return;
        }
        int number = plan.table().find(pack.pack());
        if (number >= 0 && plan.marksPack(number) && newlyMarked[number] != fingerprint(pack.entries())) {
            newlyMarked[number] = fingerprint(pack.entries());
            long size = size(plan.accounts().listedSize(number));
            mark(new MarkedPack(pack.pack(), pack.entries(), now, size), save);
        }
    }

    private void carryOver(MarkedPack mark, Consumer<byte[]> save) {
        PruneAction action = action(mark.pack());
        if (action == PruneAction.REVIVE) {
            carryOver(new IndexDocument.Pack(mark.pack(), mark.entries()), save);
        } else if (action == null || action == PruneAction.KEEP_MARK) {
            mark(mark, save);
        }
    }

    private void mark(MarkedPack pack, Consumer<byte[]> save) {
        marked.add(pack);
        blobs += Math.max(1, pack.entries().size());
        if (blobs >= IndexDocuments.FULL_BLOBS) {
            flush(save);
        }
    }

    private void append(IndexDocument.Pack pack, Consumer<byte[]> save) {
        packs.add(pack);
        blobs += pack.entries().size();
        if (blobs >= IndexDocuments.FULL_BLOBS) {
            flush(save);
        }
    }

    private void flush(Consumer<byte[]> save) {
        if (packs.isEmpty() && marked.isEmpty()) {
            return;
        }
        lock.ensureHeld();
        save.accept(IndexDocuments.encode(packs, marked));
        packs = new ArrayList<>();
        marked = new ArrayList<>();
        blobs = 0;
    }

    /// Whether a file before said exactly the same of this pack. One that said something else does not
    /// count: what each of them says is kept.
    private boolean isRepeated(IndexDocument.Pack pack) {
        int number = plan.table().find(pack.pack());
        long before = number < 0 ? metNew.getOrDefault(pack.pack(), 0L) : met[number];
        return before == fingerprint(pack.entries());
    }

    private void meet(IndexDocument.Pack pack) {
        int number = plan.table().find(pack.pack());
        long fingerprint = fingerprint(pack.entries());
        if (number < 0) {
            metNew.put(pack.pack(), fingerprint);
        } else {
            met[number] = fingerprint;
        }
    }

    private static long fingerprint(PackEntries entries) {
        long sum = entries.size() + 1L;
        for (int i = 0; i < entries.size(); i++) {
            ObjectId id = entries.id(i);
            sum = mixed(sum ^ id.w0()) + id.w1();
            sum = mixed(sum ^ id.w2()) + id.w3();
            sum = mixed(sum ^ entries.offset(i)) + entries.length(i);
            sum = mixed(sum ^ (entries.type(i) == BlobType.TREE ? 1 : 0)) + entries.uncompressedLength(i);
        }
        return sum == 0 ? 1 : sum;
    }

    private static long mixed(long value) {
        long product = value * 0x9E3779B97F4A7C15L;
        return product ^ (product >>> 32);
    }
}
