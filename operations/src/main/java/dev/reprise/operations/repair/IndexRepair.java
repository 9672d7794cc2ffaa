package dev.reprise.operations.repair;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Workers;
import dev.reprise.operations.repair.RepairListener.RepairEvent;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.index.IndexEdit;
import dev.reprise.repository.index.IndexScan;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.PackHeaders;
import dev.reprise.storage.ObjectType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Makes the index say what the packs are (repository format, section 10.4).
///
/// Only index files that are wrong are replaced. A pack whose header is damaged keeps what the index says of it: its
/// blobs may well be good, and dropping them would lose what [PackSalvage] can still read.
public final class IndexRepair {
    /// Headers read before the next index file may be written.
    private static final int BATCH_PACKS = 512;

    private static final int BATCH_BLOBS = 50_000;

    private final Repository repository;
    private final RepositoryLock lock;
    private final RepairListener listener;

    /// @param lock exclusive
    public IndexRepair(Repository repository, RepositoryLock lock, RepairListener listener) {
        this.repository = repository;
        this.lock = lock;
        this.listener = listener;
    }

    /// Compares the index with the packs that are there. Changes nothing.
    ///
    /// @param readAllPacks whether every header is read, also where the index seems right
    public IndexRepairPlan plan(boolean readAllPacks) {
        Map<ObjectId, Long> sizes = packSizes();
        var examination = new Examination(sizes);
        repository.indexScan().forEach(examination);
        Map<ObjectId, Long> read = new LinkedHashMap<>();
        Set<ObjectId> indexed = new HashSet<>();
        for (ObjectId pack : new TreeSet<>(sizes.keySet())) {
            String wrong = examination.wrong.get(pack);
            boolean known = examination.digests.containsKey(pack);
            if (readAllPacks || !known || wrong != null) {
                read.put(pack, sizes.getOrDefault(pack, 0L));
            }
            if (known) {
                indexed.add(pack);
            } else {
                listener.on(new RepairEvent.PackUnknown(pack));
            }
            if (wrong != null) {
                listener.on(new RepairEvent.PackMisdescribed(pack, wrong));
            }
        }
        indexed.retainAll(read.keySet());
        examination.gone.forEach(pack -> listener.on(new RepairEvent.PackGone(pack)));
        return new IndexRepairPlan(examination.damaged, examination.gone, read, indexed, examination.marks);
    }

    private Map<ObjectId, Long> packSizes() {
        Map<ObjectId, Long> sizes = new HashMap<>();
        repository
                .storage()
                .list(
                        ObjectType.PACK,
                        found -> sizes.put(ObjectId.parse(found.key().name()), found.size()));
        return sizes;
    }

    /// Carries the plan out: index files for the packs that were read, then shorter versions of the files that were
    /// wrong, then the removal of the wrong files.
    ///
    /// @return packs that are left out of the index, or kept in it unproven, because their headers are damaged
    public List<ObjectId> execute(IndexRepairPlan plan) {
        if (plan.nothingToDo()) {
            return List.of();
        }
        List<ObjectId> files = new ArrayList<>(repository.indexScan().files());
        files.removeAll(plan.damagedFiles());
        Map<ObjectId, String> unreadable = new ConcurrentHashMap<>();
        Set<ObjectId> cut = new HashSet<>(plan.gonePacks());
        cut.addAll(describe(plan, unreadable));
        var index = new IndexCut(repository, lock);
        // Of a marked pack with a damaged header the mark is the only description: a prune that needs it takes it back.
        List<ObjectId> replaced = index.save(files, cut::contains, pack -> !unreadable.containsKey(pack));
        index.remove(replaced);
        index.remove(plan.damagedFiles());
        unreadable.forEach((pack, reason) -> listener.on(
                new RepairEvent.PackUnreadable(pack, reason, plan.indexed().contains(pack))));
        return unreadable.keySet().stream().sorted().toList();
    }

    /// Saves what the headers say.
    ///
    /// @return packs that new index files describe
    private Set<ObjectId> describe(IndexRepairPlan plan, Map<ObjectId, String> unreadable) {
        List<ObjectId> packs = List.copyOf(plan.packsToRead().keySet());
        Set<ObjectId> described = new HashSet<>();
        List<PackContent> unsaved = new ArrayList<>();
        PackHeaders headers = repository.packHeaders();
        for (int from = 0; from < packs.size(); from += BATCH_PACKS) {
            List<ObjectId> batch = packs.subList(from, Math.min(packs.size(), from + BATCH_PACKS));
            unsaved.addAll(read(headers, batch, plan.packsToRead(), unreadable));
            boolean last = from + BATCH_PACKS >= packs.size();
            if (last || unsaved.stream().mapToInt(pack -> pack.blobs().size()).sum() >= BATCH_BLOBS) {
                unsaved.forEach(pack -> described.add(pack.pack()));
                save(unsaved);
                unsaved.clear();
            }
        }
        return described;
    }

    private List<PackContent> read(
            PackHeaders headers, List<ObjectId> packs, Map<ObjectId, Long> sizes, Map<ObjectId, String> unreadable) {
        List<PackContent> contents = Collections.synchronizedList(new ArrayList<>());
        Workers.run("reading pack headers", repository.storage().connections(), packs.size(), number -> {
            ObjectId pack = packs.get(number);
            try {
                contents.add(headers.read(pack, sizes.getOrDefault(pack, 0L)));
            } catch (RepositoryException e) {
                unreadable.put(pack, e.fact());
            }
        });
        return contents;
    }

    private void save(List<PackContent> packs) {
        for (byte[] document : IndexEdit.documents(packs)) {
            lock.ensureHeld();
            repository.unpacked().save(ObjectType.INDEX, document);
        }
    }

    /// Reads what the index says of each pack.
    private final class Examination implements IndexScan.Visitor {
        private final Map<ObjectId, Long> sizes;
        private final Set<ObjectId> damaged = new TreeSet<>();
        private final Set<ObjectId> gone = new TreeSet<>();
        private final Map<ObjectId, Integer> digests = new HashMap<>();
        private final Map<ObjectId, String> wrong = new HashMap<>();
        private boolean marks;

        Examination(Map<ObjectId, Long> sizes) {
            this.sizes = sizes;
        }

        @Override
        public void file(ObjectId id, byte[] json, List<PackContent> packs) {
            marks |= IndexEdit.without(json, _ -> false, _ -> true) != null;
            packs.forEach(this::examine);
        }

        private void examine(PackContent content) {
            Long size = sizes.get(content.pack());
            if (size == null) {
                gone.add(content.pack());
                return;
            }
            Integer before = digests.put(content.pack(), content.blobs().hashCode());
            String fault = fault(content, size, before);
            if (fault != null) {
                wrong.put(content.pack(), fault);
            }
        }

        private @Nullable String fault(PackContent content, long size, @Nullable Integer before) {
            long expected = PackHeaders.packSize(content);
            if (size != expected) {
                return "%d bytes instead of %d".formatted(size, expected);
            }
            if (before != null && before != content.blobs().hashCode()) {
                return "different descriptions in two index files";
            }
            return isContiguous(content) ? null : "blobs that leave gaps or overlap";
        }

        private boolean isContiguous(PackContent content) {
            long position = 0;
            for (BlobLocation blob : content.blobs()) {
                if (blob.offset() != position) {
                    return false;
                }
                position += blob.length();
            }
            return true;
        }

        @Override
        public void damaged(ObjectId id, RuntimeException reason) {
            damaged.add(id);
            listener.on(new RepairEvent.IndexDamaged(id, String.valueOf(reason.getMessage())));
        }
    }
}
