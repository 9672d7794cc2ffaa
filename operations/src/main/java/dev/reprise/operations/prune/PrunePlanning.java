package dev.reprise.operations.prune;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.prune.PrunePlan.PackFile;
import dev.reprise.operations.sorting.BlobRecord;
import dev.reprise.operations.sorting.ExternalSort;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.MarkedPack;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.index.PartialIndex;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.classes.StorageClasses;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds out what is needed and decides about every pack. Changes nothing; belongs to one thread.
///
/// Refuses to plan (exit status 1) when an index file, a snapshot or a tree cannot be read, when a needed
/// blob is named by no index, or when a needed pack is missing or not of the size its index entries say:
/// then something is already wrong, and what looks unneeded may be what is left of it.
public final class PrunePlanning {
    private static final int MISSING_SHOWN = 10;
    /// How often snapshots are read while index files keep coming.
    private static final int MOST_ROUNDS = 20;

    private final Repository repository;
    private final PruneOptions options;
    private final PruneListener listener;
    private final InstantSource clock;
    private final IndexDocuments documents;

    private final PackTable table = new PackTable();
    private final List<ObjectId> indexFiles = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private final List<PackFile> unreferenced = new ArrayList<>();
    private long unreferencedBytes;

    /// A pack that an index lists for deletion.
    ///
    /// @param time as the index says it
    private record Mark(int pack, @Nullable String time) {}

    /// @param clock tells the age of marks
    public PrunePlanning(Repository repository, PruneOptions options, PruneListener listener, InstantSource clock) {
        this.repository = repository;
        this.options = options;
        this.listener = listener;
        this.clock = clock;
        this.documents = repository.indexDocuments();
    }

    /// Call it under an exclusive lock. The caller closes the plan.
    ///
    /// @param leftOut snapshots to treat as if they were gone
    public PrunePlan plan(Set<ObjectId> leftOut) {
        long half = Math.max(1 << 20, options.memory().bytes() / 2);
        ExternalSort indexed = new ExternalSort(BlobRecord.BYTES, half, options.temporary());
        ExternalSort used = new ExternalSort(BlobRecord.HANDLE_BYTES, half, options.temporary());
        boolean planned = false;
        try {
            PrunePlan plan = plan(leftOut, indexed, used);
            planned = true;
            return plan;
        } finally {
            if (!planned) {
                indexed.close();
                used.close();
            }
        }
    }

    private PrunePlan plan(Set<ObjectId> leftOut, ExternalSort indexed, ExternalSort used) {
        listener.phase("loading indexes...");
        var reading = new IndexReading(indexed);
        List<ObjectId> roots = roots(leftOut, reading);
        var accounts = new PackAccounts(table.size());
        reading.live.stream().forEach(accounts::setLive);
        listPacks(accounts);
        listener.phase("finding data that is still in use for " + roots.size() + " snapshots");
        int workers = repository.readers(Runtime.getRuntime().availableProcessors());
        try (BlobIndex index = reading.trees()) {
            new UsedBlobs(repository, index, used, workers).collect(roots);
        }
        listener.phase("searching used packs...");
        try (var duplicates = new DuplicateSpool(options.temporary())) {
            account(new BlobCopies(indexed, used), accounts, duplicates);
            duplicates.choose(accounts);
        }
        listener.phase("collecting packs for deletion and repacking");
        var decision =
                new PackDecision(table, accounts, options, repository.config().version(), listener);
        PruneAction[] actions = decision.decide(marked(accounts));
        PruneStats stats = decision.stats(unreferenced.size(), unreferencedBytes);
        return new PrunePlan(options, stats, unreferenced, table, accounts, actions, indexed, used, indexFiles);
    }

    /// The index files, each once, also those that come while others are read.
    private final class IndexReading {
        private final ExternalSort indexed;
        /// Numbers of the packs that are in use.
        private final BitSet live = new BitSet();
        private final PartialIndex trees = new PartialIndex();
        private final List<IndexDocument.Pack> markedTrees = new ArrayList<>();
        private final Set<ObjectId> read = new HashSet<>();
        private final byte[] record = new byte[BlobRecord.BYTES];

        IndexReading(ExternalSort indexed) {
            this.indexed = indexed;
        }

        /// @return whether there were files that had not been read
        boolean readNew() {
            boolean any = false;
            List<ObjectId> files = documents.files();
            if (!new HashSet<>(files).containsAll(read)) {
                throw changed();
            }
            for (ObjectId file : files) {
                if (read.add(file)) {
                    read(file);
                    any = true;
                }
            }
            return any;
        }

        private void read(ObjectId file) {
            IndexDocument document = load(file);
            indexFiles.add(file);
            for (IndexDocument.Pack pack : document.packs()) {
                live.set(table.number(pack.pack()));
                add(trees, pack.pack(), add(pack.pack(), pack.entries(), indexed, record));
            }
            for (MarkedPack mark : document.marked()) {
                marks.add(new Mark(table.number(mark.pack()), mark.time()));
                markedTrees.add(new IndexDocument.Pack(mark.pack(), add(mark.pack(), mark.entries(), indexed, record)));
            }
        }

        private IndexDocument load(ObjectId file) {
            try {
                return documents.load(file);
            } catch (RepositoryException e) {
                if (!documents.files().contains(file)) {
                    throw changed(); // a file that is gone is not damage
                }
                throw e;
            }
        }

        /// The caller closes it.
        BlobIndex trees() {
            // Last, so that a tree is read from a pack in use if there is one.
            markedTrees.forEach(pack -> add(trees, pack.pack(), pack.entries()));
            return trees.build();
        }
    }

    private static OperationException changed() {
        return new OperationException(
                ExitStatus.FAILED,
                "the index changed while it was being read, by a program that takes no locks",
                "run the command again",
                null);
    }

    private static void add(PartialIndex trees, ObjectId pack, PackEntries treesOnly) {
        if (treesOnly.size() > 0) {
            trees.add(pack, treesOnly);
        }
    }

    /// @return those that are trees
    private PackEntries add(ObjectId pack, PackEntries entries, ExternalSort indexed, byte[] record) {
        int number = table.number(pack);
        var treesOnly = new PackEntries();
        for (int i = 0; i < entries.size(); i++) {
            int uncompressed = entries.uncompressedLength(i);
            BlobRecord.putHandle(record, entries.type(i), entries.id(i));
            BlobRecord.putPlace(record, number, entries.offset(i), entries.length(i), uncompressed);
            indexed.add(record);
            if (entries.type(i) == BlobType.TREE) {
                treesOnly.add(BlobType.TREE, entries.id(i), entries.offset(i), entries.length(i), uncompressed);
            }
        }
        return treesOnly;
    }

    private void listPacks(PackAccounts accounts) {
        StorageClasses classes = repository.storage().capability(StorageClasses.class);
        if (classes == null) {
            repository
                    .storage()
                    .list(
                            ObjectType.PACK,
                            object -> listed(ObjectId.parse(object.key().name()), object.size(), accounts));
            return;
        }
        classes.list(ObjectType.PACK, object -> {
            int number = listed(ObjectId.parse(object.key().name()), object.bytes(), accounts);
            if (number >= 0 && !object.storageClass().equals(StorageClasses.STANDARD)) {
                accounts.setCold(number, classes.isArchive(object.storageClass()));
            }
        });
    }

    /// @return the pack's number; -1 if no index names it
    private int listed(ObjectId pack, long bytes, PackAccounts accounts) {
        int number = table.find(pack);
        if (number >= 0) {
            accounts.setListed(number, bytes);
        } else {
            unreferenced.add(new PackFile(pack, bytes));
            unreferencedBytes += bytes;
        }
        return number;
    }

    /// Snapshots are read after the index, and the index is looked at again after the snapshots: a program that takes
    /// no locks saves a snapshot after the index files it needs. Until none came while snapshots were read, so that
    /// what is new in the index belongs to snapshots that are known.
    private List<ObjectId> roots(Set<ObjectId> leftOut, IndexReading index) {
        index.readNew();
        listener.phase("loading all snapshots...");
        List<ObjectId> roots = roots(leftOut);
        for (int round = 0; index.readNew(); round++) {
            if (round == MOST_ROUNDS) {
                throw changed();
            }
            roots = roots(leftOut);
        }
        return roots;
    }

    private List<ObjectId> roots(Set<ObjectId> leftOut) {
        List<ObjectId> roots = new ArrayList<>();
        List<StoredSnapshot> snapshots = repository.snapshots((_, reason) -> {
            throw reason;
        });
        for (StoredSnapshot stored : snapshots) {
            if (leftOut.contains(stored.id())) {
                continue;
            }
            if (stored.snapshot().tree().isNull()) {
                throw RepositoryException.damaged("snapshot " + stored.id().hex(), "it has no tree", null);
            }
            roots.add(stored.snapshot().tree());
        }
        return roots;
    }

    /// Charges every copy of every blob to its pack.
    private static void account(BlobCopies blobs, PackAccounts accounts, DuplicateSpool duplicates) {
        List<String> missing = new ArrayList<>();
        long missingCount = 0;
        while (blobs.next()) {
            for (int copy = 0; copy < blobs.count(); copy++) {
                accounts.add(blobs.pack(copy), blobs.typeCode(), blobs.uncompressedLength(copy) != 0);
            }
            Rank needed = blobs.isUsed() ? best(blobs, accounts) : null;
            if (blobs.isUsed() && needed == null) {
                missingCount++;
                if (missing.size() < MISSING_SHOWN) {
                    missing.add(blobs.handle().toString());
                }
                continue;
            }
            charge(blobs, accounts, needed, duplicates);
        }
        if (missingCount > 0) {
            throw incomplete(missingCount, missing);
        }
    }

    /// How far a copy can be relied on, best first.
    private enum Rank {
        LIVE,
        /// In a pack that waits for its deletion.
        MARKED,
        /// In a pack that is not there.
        ABSENT;

        static @Nullable Rank of(int pack, PackAccounts accounts) {
            if (accounts.isListed(pack)) {
                return accounts.isLive(pack) ? LIVE : MARKED;
            }
            return accounts.isLive(pack) ? ABSENT : null;
        }
    }

    private static @Nullable Rank best(BlobCopies blobs, PackAccounts accounts) {
        Rank best = null;
        for (int copy = 0; copy < blobs.count(); copy++) {
            Rank rank = Rank.of(blobs.pack(copy), accounts);
            if (rank != null && (best == null || rank.compareTo(best) < 0)) {
                best = rank;
            }
        }
        return best;
    }

    /// @param needed rank of the copies one of which is to be kept; null keeps none
    private static void charge(
            BlobCopies blobs, PackAccounts accounts, @Nullable Rank needed, DuplicateSpool duplicates) {
        int candidates = 0;
        for (int copy = 0; copy < blobs.count(); copy++) {
            boolean candidate = needed != null && Rank.of(blobs.pack(copy), accounts) == needed;
            candidates += candidate ? 1 : 0;
        }
        if (candidates > 1) {
            duplicates.begin(candidates);
        }
        for (int copy = 0; copy < blobs.count(); copy++) {
            int pack = blobs.pack(copy);
            int length = blobs.length(copy);
            if (needed != null && candidates == 1 && Rank.of(pack, accounts) == needed) {
                accounts.addUsed(pack, length);
            } else if (needed != null && Rank.of(pack, accounts) == needed) {
                accounts.addDuplicate(pack, length);
                duplicates.add(pack, length);
            } else if (needed != null) {
                accounts.addDuplicate(pack, length);
            } else {
                accounts.addUnused(pack, length);
            }
        }
    }

    private static OperationException incomplete(long count, List<String> shown) {
        return new OperationException(
                ExitStatus.FAILED,
                "index is not complete: %d blobs that snapshots need are named by no index: %s%s"
                        .formatted(count, String.join(", ", shown), count > shown.size() ? ", …" : ""),
                "nothing was changed; run \"repair index\", then \"check\"",
                null);
    }

    /// By number of the pack: what its marks ask for, the youngest of several; null for packs in use.
    private @Nullable PruneAction[] marked(PackAccounts accounts) {
        @Nullable PruneAction[] actions = new PruneAction[table.size()];
        Instant limit = clock.instant().minus(options.markAge());
        for (Mark mark : marks) {
            int pack = mark.pack();
            if (!accounts.isLive(pack) && actions[pack] != PruneAction.KEEP_MARK) {
                actions[pack] = accounts.isListed(pack) ? byAge(mark.time(), limit) : PruneAction.DROP_MARK;
            }
        }
        return actions;
    }

    /// Marks without a time that can be read, or with one to come, never reach an age: only an age of nothing
    /// ends them.
    private PruneAction byAge(@Nullable String time, Instant limit) {
        if (!options.markAge().isPositive()) {
            return PruneAction.REMOVE_MARKED;
        }
        if (time == null) {
            return PruneAction.KEEP_MARK;
        }
        try {
            Instant marked = GoTime.parse(time).toOffsetDateTime().toInstant();
            return marked.isBefore(limit) ? PruneAction.REMOVE_MARKED : PruneAction.KEEP_MARK;
        } catch (IllegalArgumentException _) {
            return PruneAction.KEEP_MARK;
        }
    }
}
