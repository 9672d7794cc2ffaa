package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/// The union of all index files, and of the packs this process has stored since.
///
/// What was loaded never changes, so it is found through a table built once, without slack: entries sorted by
/// bucket, with the start of every bucket (4.5 bytes per entry, 48.5 with the entry itself). What is added later
/// is found through a hash table that grows. Both tables only hold positions in one [EntryLog].
public final class MergedIndex implements BlobIndex {
    private static final int ENTRIES_PER_BUCKET = 8;

    private final EntryLog log;
    private final int loaded;
    private final int bucketShift;
    /// Start of each bucket in `order`, one more at the end; ints.
    private final MemorySegment buckets;
    /// Loaded entries grouped by bucket; ints.
    private final MemorySegment order;
    /// Further groups of a pack that index files describe differently, by the number of its first group.
    private final Map<Integer, List<Integer>> furtherGroups;
    private final Set<Integer> isFurtherGroup;

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /// Open addressing over added entries: position + 1, or 0 for a free slot.
    private int[] added = new int[64];

    private MergedIndex(EntryLog log, Map<Integer, List<Integer>> furtherGroups) {
        this.log = log;
        this.loaded = log.size();
        this.furtherGroups = furtherGroups;
        this.isFurtherGroup = new HashSet<>();
        furtherGroups.values().forEach(isFurtherGroup::addAll);
        int bucketBits = Math.max(1, 31 - Integer.numberOfLeadingZeros(loaded / ENTRIES_PER_BUCKET));
        this.bucketShift = 64 - bucketBits;
        Arena arena = Arena.ofAuto();
        this.buckets = arena.allocate(4L * ((1 << bucketBits) + 1), 8);
        this.order = arena.allocate(Math.max(8, 4L * loaded), 8);
        sortIntoBuckets(1 << bucketBits);
    }

    /// Counting sort: count per bucket, add up, place from the back.
    private void sortIntoBuckets(int count) {
        for (int entry = 0; entry < loaded; entry++) {
            int bucket = bucket(log.spread(entry));
            setInt(buckets, bucket, getInt(buckets, bucket) + 1);
        }
        int sum = 0;
        for (int bucket = 0; bucket <= count; bucket++) {
            sum += getInt(buckets, bucket);
            setInt(buckets, bucket, sum);
        }
        for (int entry = loaded - 1; entry >= 0; entry--) {
            int bucket = bucket(log.spread(entry));
            int place = getInt(buckets, bucket) - 1;
            setInt(buckets, bucket, place);
            setInt(order, place, entry);
        }
    }

    /// An index without any entry, of a repository that has none.
    public static MergedIndex empty() {
        return new MergedIndex(new EntryLog(), Map.of());
    }

    @Override
    public boolean contains(BlobHandle handle) {
        return plainLength(handle) >= 0;
    }

    @Override
    public int plainLength(BlobHandle handle) {
        long spread = EntryLog.spread(handle.id());
        int bucket = bucket(spread);
        for (int i = getInt(buckets, bucket), end = getInt(buckets, bucket + 1); i < end; i++) {
            int entry = getInt(order, i);
            if (log.is(entry, handle)) {
                return log.plainLength(entry);
            }
        }
        lock.readLock().lock();
        try {
            for (int slot = slot(spread); added[slot] != 0; slot = next(slot)) {
                if (log.is(added[slot] - 1, handle)) {
                    return log.plainLength(added[slot] - 1);
                }
            }
            return -1;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public List<BlobLocation> find(BlobHandle handle) {
        List<BlobLocation> found = new ArrayList<>(1);
        lock.readLock().lock();
        try {
            forEachCopy(handle, entry -> found.add(log.location(entry)));
        } finally {
            lock.readLock().unlock();
        }
        return found;
    }

    private void forEachCopy(BlobHandle handle, IntConsumer copy) {
        long spread = EntryLog.spread(handle.id());
        int bucket = bucket(spread);
        for (int i = getInt(buckets, bucket), end = getInt(buckets, bucket + 1); i < end; i++) {
            int entry = getInt(order, i);
            if (log.is(entry, handle)) {
                copy.accept(entry);
            }
        }
        for (int slot = slot(spread); added[slot] != 0; slot = next(slot)) {
            if (log.is(added[slot] - 1, handle)) {
                copy.accept(added[slot] - 1);
            }
        }
    }

    @Override
    public long size() {
        lock.readLock().lock();
        try {
            return log.size();
        } finally {
            lock.readLock().unlock();
        }
    }

    /// Packs that are added meanwhile may or may not be reported.
    @Override
    public void forEachPack(Consumer<PackContent> consumer) {
        for (int number = 0; ; number++) {
            PackContent content = content(number);
            if (content == null) {
                return;
            }
            if (!isFurtherGroup.contains(number)) {
                consumer.accept(content);
            }
        }
    }

    /// @return null behind the last pack
    private @Nullable PackContent content(int number) {
        lock.readLock().lock();
        try {
            if (number >= log.packCount()) {
                return null;
            }
            ObjectId pack = log.pack(number);
            List<BlobLocation> blobs = new ArrayList<>(log.end(number) - log.first(number));
            collect(number, pack, blobs);
            List<Integer> further = furtherGroups.getOrDefault(number, List.of());
            further.forEach(group -> collect(group, pack, blobs));
            if (!further.isEmpty()) {
                blobs.sort(Comparator.comparingLong(BlobLocation::offset));
            }
            return new PackContent(pack, blobs);
        } finally {
            lock.readLock().unlock();
        }
    }

    private void collect(int number, ObjectId pack, List<BlobLocation> blobs) {
        for (int entry = log.first(number); entry < log.end(number); entry++) {
            blobs.add(log.location(entry, pack));
        }
    }

    /// Learns a pack that was stored just now. Its blobs are found by every thread once this returns.
    ///
    /// @param entries in the order of their offsets
    /// @return the pack's number, for [IndexFiles#save]
    public int add(ObjectId pack, PackEntries entries) {
        lock.writeLock().lock();
        try {
            int first = log.size();
            int number = log.append(pack, entries);
            makeRoom(log.size() - loaded);
            for (int entry = first; entry < log.size(); entry++) {
                insert(entry);
            }
            return number;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void makeRoom(int entries) {
        if (entries <= added.length * 0.6) {
            return;
        }
        int capacity = Integer.highestOneBit((int) Math.min(1 << 30, entries / 0.6)) << 1;
        int[] old = added;
        added = new int[capacity];
        for (int value : old) {
            if (value != 0) {
                insert(value - 1);
            }
        }
    }

    private void insert(int entry) {
        int slot = slot(log.spread(entry));
        while (added[slot] != 0) {
            slot = next(slot);
        }
        added[slot] = entry + 1;
    }

    /// The entries of one pack added before, in the order of their offsets.
    ///
    /// @param number what [#add] returned
    PackContent added(int number) {
        PackContent content = content(number);
        if (content == null) {
            throw new IllegalArgumentException("no pack has the number " + number);
        }
        return content;
    }

    private int bucket(long spread) {
        return (int) (spread >>> bucketShift);
    }

    private int slot(long spread) {
        return (int) spread & (added.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (added.length - 1);
    }

    private static int getInt(MemorySegment segment, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_INT, index);
    }

    private static void setInt(MemorySegment segment, int index, int value) {
        segment.setAtIndex(ValueLayout.JAVA_INT, index, value);
    }

    /// Collects packs from index files, in the order they are read, and makes the index. Belongs to one thread at
    /// a time.
    static final class Builder {
        private final EntryLog log = new EntryLog();
        private final Map<ObjectId, List<Integer>> groups = new HashMap<>();

        /// Adds what an index file says of a pack; what is already known is not added again.
        ///
        /// @return false if another index file described the same pack differently
        boolean add(ObjectId pack, PackEntries entries) {
            PackEntries sorted = entries.inOffsetOrder();
            List<Integer> known = groups.get(pack);
            if (known == null) {
                groups.put(pack, List.of(log.append(pack, sorted)));
                return true;
            }
            int first = known.getFirst();
            if (known.size() == 1 && same(first, sorted)) {
                return true;
            }
            PackEntries unknown = without(known, sorted);
            if (unknown.size() > 0) {
                List<Integer> all = new ArrayList<>(known);
                all.add(log.append(pack, unknown));
                groups.put(pack, all);
            }
            return false;
        }

        private boolean same(int group, PackEntries entries) {
            int first = log.first(group);
            if (log.end(group) - first != entries.size()) {
                return false;
            }
            for (int i = 0; i < entries.size(); i++) {
                if (!same(first + i, entries, i)) {
                    return false;
                }
            }
            return true;
        }

        private boolean same(int entry, PackEntries entries, int i) {
            return log.offset(entry) == entries.offset(i)
                    && log.length(entry) == entries.length(i)
                    && log.uncompressedLength(entry) == entries.uncompressedLength(i)
                    && log.type(entry) == entries.type(i)
                    && log.id(entry).equals(entries.id(i));
        }

        private PackEntries without(List<Integer> known, PackEntries entries) {
            Set<BlobLocation> present = new HashSet<>();
            for (int group : known) {
                for (int entry = log.first(group); entry < log.end(group); entry++) {
                    present.add(log.location(entry, log.pack(group)));
                }
            }
            var unknown = new PackEntries();
            for (int i = 0; i < entries.size(); i++) {
                if (present.add(entries.location(log.pack(known.getFirst()), i))) {
                    unknown.add(entries, i);
                }
            }
            return unknown;
        }

        MergedIndex build() {
            Map<Integer, List<Integer>> further = new HashMap<>();
            for (List<Integer> all : groups.values()) {
                if (all.size() > 1) {
                    further.put(all.getFirst(), all.subList(1, all.size()));
                }
            }
            return new MergedIndex(log, further);
        }
    }
}
