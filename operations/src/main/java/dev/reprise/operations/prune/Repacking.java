package dev.reprise.operations.prune;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.base.Workers;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.sorting.BlobRecord;
import dev.reprise.operations.sorting.ExternalSort;
import dev.reprise.operations.sorting.ExternalSort.Cursor;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.index.MergedIndex;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.index.PartialIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Writes what is needed of some packs into new packs, every blob opened, checked and sealed anew.
final class Repacking {
    /// Sorted by pack and offset, so that every pack is read once, from front to back.
    private static final int RECORD_BYTES = BlobRecord.BYTES;
    /// Further copies remembered for blobs whose first copy is damaged: 48 bytes each.
    private static final long MOST_COPIES = 500_000;

    private final Repository repository;
    private final RepositoryLock lock;
    private final PrunePlan plan;
    private final WriterOptions writing;
    private final AtomicLong stored = new AtomicLong();
    private long needed;

    Repacking(Repository repository, RepositoryLock lock, PrunePlan plan, WriterOptions writing) {
        this.repository = repository;
        this.lock = lock;
        this.plan = plan;
        this.writing = writing;
    }

    /// New packs and the index files that name them are durable on return.
    ///
    /// @return those index files
    /// @throws RepositoryException if a needed blob has no good copy; nothing was removed then
    Set<ObjectId> run() {
        Set<ObjectId> saved;
        try (var wanted = new ExternalSort(
                RECORD_BYTES,
                plan.options().memory().bytes() / 4,
                plan.options().temporary())) {
            // The writer must not know the old packs: it would take their blobs for stored.
            try (BlobIndex copies = collect(wanted);
                    MergedIndex none = MergedIndex.empty();
                    BlobWriter writer = repository.writer(none, lock, writing)) {
                var groups = new Groups(wanted.read());
                int workers = repository.readers(Runtime.getRuntime().availableProcessors());
                Workers.run("repacking", workers, workers, _ -> work(groups, copies, writer));
                writer.finish();
                saved = writer.indexFiles();
            }
        }
        if (stored.get() != needed) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "%d of %d blobs were packed again".formatted(stored.get(), needed),
                    "nothing needed was removed; please report this",
                    null);
        }
        return saved;
    }

    /// Blobs that are used and not in any pack that stays, each once.
    ///
    /// @return where those lie that have several copies
    private BlobIndex collect(ExternalSort wanted) {
        BlobCopies blobs = plan.copies();
        Map<Integer, PackEntries> copies = new TreeMap<>();
        long remembered = 0;
        byte[] record = new byte[RECORD_BYTES];
        while (blobs.next()) {
            if (!blobs.isUsed() || staysSomewhere(blobs)) {
                continue;
            }
            int chosen = repacked(blobs);
            BlobHandle handle = blobs.handle();
            BlobRecord.putInt(record, 0, blobs.pack(chosen));
            BlobRecord.putInt(record, 4, blobs.offset(chosen));
            BlobRecord.putInt(record, 8, blobs.length(chosen));
            BlobRecord.putInt(record, 12, blobs.uncompressedLength(chosen));
            record[16] = BlobRecord.code(handle.type());
            handle.id().writeTo(record, 17);
            wanted.add(record);
            needed++;
            if (blobs.count() > 1 && remembered < MOST_COPIES) {
                remember(blobs, handle, copies);
                remembered += blobs.count();
            }
        }
        var index = new PartialIndex();
        copies.forEach((pack, entries) -> index.add(plan.table().id(pack), entries));
        return index.build();
    }

    private boolean staysSomewhere(BlobCopies blobs) {
        for (int copy = 0; copy < blobs.count(); copy++) {
            PruneAction action = plan.action(blobs.pack(copy));
            if (action == PruneAction.KEEP || action == PruneAction.REVIVE) {
                return true;
            }
        }
        return false;
    }

    private int repacked(BlobCopies blobs) {
        for (int copy = 0; copy < blobs.count(); copy++) {
            if (plan.action(blobs.pack(copy)) == PruneAction.REPACK) {
                return copy;
            }
        }
        throw new IllegalStateException("every copy of " + blobs.handle() + " would be removed");
    }

    private void remember(BlobCopies blobs, BlobHandle handle, Map<Integer, PackEntries> copies) {
        for (int copy = 0; copy < blobs.count(); copy++) {
            if (plan.accounts().isListed(blobs.pack(copy))) {
                copies.computeIfAbsent(blobs.pack(copy), _ -> new PackEntries())
                        .add(
                                handle.type(),
                                handle.id(),
                                Integer.toUnsignedLong(blobs.offset(copy)),
                                blobs.length(copy),
                                blobs.uncompressedLength(copy));
            }
        }
    }

    private void work(Groups groups, BlobIndex copies, BlobWriter writer) {
        try (BlobReader reader = repository.reader(copies);
                BlobWriter.Session session = writer.session()) {
            for (Group group = groups.next(); group != null; group = groups.next()) {
                Workers.stopIfInterrupted("repacking");
                reader.readPack(group.pack, group.blobs, new Copier(session));
            }
        }
    }

    private final class Copier implements BlobReader.PackConsumer {
        private final BlobWriter.Session session;

        Copier(BlobWriter.Session session) {
            this.session = session;
        }

        @Override
        public void blob(BlobLocation location, byte[] data, int length) {
            BlobWriter.Saved saved = session.save(location.handle().type(), data, 0, length);
            if (!saved.id().equals(location.handle().id())) {
                throw new IllegalStateException(location.handle() + " changed while it was packed again");
            }
            stored.incrementAndGet();
        }

        @Override
        public void damaged(BlobLocation location, RuntimeException reason) {
            throw reason;
        }
    }

    private record Group(ObjectId pack, List<BlobLocation> blobs) {}

    /// Hands out the needed blobs pack by pack. Safe for many threads.
    private final class Groups {
        private final Cursor cursor;
        private boolean more;

        Groups(Cursor cursor) {
            this.cursor = cursor;
            this.more = cursor.next();
        }

        /// @return null behind the last pack
        @Nullable
        synchronized Group next() {
            if (!more) {
                return null;
            }
            int number = BlobRecord.getInt(cursor.record(), 0);
            ObjectId pack = plan.table().id(number);
            List<BlobLocation> blobs = new ArrayList<>();
            while (more && BlobRecord.getInt(cursor.record(), 0) == number) {
                blobs.add(location(cursor.record(), pack));
                more = cursor.next();
            }
            return new Group(pack, blobs);
        }

        private static BlobLocation location(byte[] record, ObjectId pack) {
            var handle = new BlobHandle(BlobRecord.type(record[16]), ObjectId.of(record, 17));
            return BlobRecord.location(
                    handle,
                    pack,
                    BlobRecord.getInt(record, 4),
                    BlobRecord.getInt(record, 8),
                    BlobRecord.getInt(record, 12));
        }
    }
}
