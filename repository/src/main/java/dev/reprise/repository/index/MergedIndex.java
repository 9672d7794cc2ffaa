package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The union of all index files, and of the packs this process has stored since.
///
/// What was loaded never changes, so it is found through a table built once, without slack. What is added later is
/// found through a hash table that grows. Both tables only hold positions in one [EntryLog], outside the heap: with
/// the packs' ids at most 48 bytes per entry, from 12 entries in a pack on.
public final class MergedIndex implements BlobIndex {
    private final Arena arena;
    private final EntryLog log;
    private final Spread spread;
    private final Buckets loaded;
    /// Further groups of a pack that index files describe differently, by the number of its first group.
    private final Map<Integer, List<Integer>> furtherGroups;
    private final Set<Integer> isFurtherGroup;

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /// Open addressing over added entries: position + 1, or 0 for a free slot.
    private int[] added = new int[64];

    /// @param loaded finds the first entries of the log; the others are added here
    private MergedIndex(
            Arena arena, EntryLog log, Spread spread, Buckets loaded, Map<Integer, List<Integer>> furtherGroups) {
        this.arena = arena;
        this.log = log;
        this.spread = spread;
        this.loaded = loaded;
        this.furtherGroups = furtherGroups;
        this.isFurtherGroup = new HashSet<>();
        furtherGroups.values().forEach(isFurtherGroup::addAll);
        makeRoom(log.size() - loaded.entries);
        for (int entry = loaded.entries; entry < log.size(); entry++) {
            insert(entry);
        }
    }

    /// An index without any entry, of a repository that has none.
    public static MergedIndex empty() {
        return new Builder().build();
    }

    @Override
    public boolean contains(BlobHandle handle) {
        return plainLength(handle) >= 0;
    }

    @Override
    public int plainLength(BlobHandle handle) {
        long hash = spread.of(handle.id());
        int known = loaded.next(log, handle, hash, -1);
        if (known >= 0) {
            return log.plainLength(loaded.entry(known));
        }
        lock.readLock().lock();
        try {
            for (int slot = slot(hash); added[slot] != 0; slot = next(slot)) {
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
            long hash = spread.of(handle.id());
            for (int i = loaded.next(log, handle, hash, -1); i >= 0; i = loaded.next(log, handle, hash, i)) {
                found.add(log.location(loaded.entry(i)));
            }
            for (int slot = slot(hash); added[slot] != 0; slot = next(slot)) {
                if (log.is(added[slot] - 1, handle)) {
                    found.add(log.location(added[slot] - 1));
                }
            }
        } finally {
            lock.readLock().unlock();
        }
        return found;
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
            blobs.add(log.location(entry, number, pack));
        }
    }

    /// Learns a pack that was stored just now. Its blobs are found by every thread once this returns.
    ///
    /// @param entries in the order of their offsets
    /// @return the pack's number, for [IndexWriter#save]
    public int add(ObjectId pack, PackEntries entries) {
        lock.writeLock().lock();
        try {
            int first = log.size();
            int number = log.append(pack, entries);
            makeRoom(log.size() - loaded.entries);
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
        int slot = slot(log.spread(entry, spread));
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

    private int slot(long hash) {
        return (int) (hash >>> 32) & (added.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (added.length - 1);
    }

    /// Bytes taken outside the heap.
    long bytes() {
        return log.bytes() + loaded.bytes();
    }

    EntryLog log() {
        return log;
    }

    Spread spread() {
        return spread;
    }

    /// Finds the entries that were loaded; of those added later it knows nothing.
    Buckets loaded() {
        return loaded;
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (arena.scope().isAlive()) {
                arena.close();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /// Collects packs from index files, in the order they are read, and makes the index. Belongs to one thread at
    /// a time.
    static final class Builder implements PackSink {
        private final Arena arena;
        private final EntryLog log;
        private final Spread spread;
        /// Finds the entries that were there from the start; null if there were none.
        private final @Nullable Buckets present;
        private final PackNumbers numbers;
        private final Map<Integer, List<Integer>> furtherGroups = new HashMap<>();

        Builder() {
            arena = Arena.ofShared();
            log = new EntryLog(arena);
            spread = Spread.random();
            present = null;
            numbers = new PackNumbers(log, spread);
        }

        /// Continues what another run has merged.
        ///
        /// @param arena of the log and the buckets
        Builder(Arena arena, EntryLog log, Spread spread, Buckets present) {
            this.arena = arena;
            this.log = log;
            this.spread = spread;
            this.present = present;
            numbers = new PackNumbers(log, spread);
        }

        /// Entries so far.
        int size() {
            return log.size();
        }

        /// Adds what an index file says of a pack; what is already known is not added again.
        ///
        /// @return false if another index file described the same pack differently
        @Override
        public boolean add(ObjectId pack, PackEntries entries) {
            numberPresent();
            PackEntries sorted = entries.inOffsetOrder();
            int first = numbers.find(pack);
            if (first < 0) {
                numbers.add(log.append(pack, sorted));
                return true;
            }
            List<Integer> further = furtherGroups.getOrDefault(first, List.of());
            if (further.isEmpty() && same(first, sorted)) {
                return true;
            }
            PackEntries unknown = without(pack, first, further, sorted);
            if (unknown.size() > 0) {
                List<Integer> all = new ArrayList<>(further);
                all.add(log.append(pack, unknown));
                furtherGroups.put(first, all);
            }
            return false;
        }

        /// Done only when there is something to add: most often there is not.
        private void numberPresent() {
            if (present != null && numbers.isEmpty()) {
                for (int number = 0; number < log.packCount(); number++) {
                    numbers.add(number);
                }
            }
        }

        private boolean same(int group, PackEntries entries) {
            int first = log.first(group);
            if (log.end(group) - first != entries.size()) {
                return false;
            }
            for (int i = 0; i < entries.size(); i++) {
                if (!same(group, first + i, entries, i)) {
                    return false;
                }
            }
            return true;
        }

        private boolean same(int group, int entry, PackEntries entries, int i) {
            return log.offset(entry) == entries.offset(i)
                    && log.length(entry, group) == entries.length(i)
                    && log.uncompressedLength(entry) == entries.uncompressedLength(i)
                    && log.type(entry) == entries.type(i)
                    && log.id(entry).equals(entries.id(i));
        }

        private PackEntries without(ObjectId pack, int first, List<Integer> further, PackEntries entries) {
            Set<BlobLocation> present = new HashSet<>();
            Stream.concat(Stream.of(first), further.stream()).forEach(group -> {
                for (int entry = log.first(group); entry < log.end(group); entry++) {
                    present.add(log.location(entry, group, pack));
                }
            });
            var unknown = new PackEntries();
            for (int i = 0; i < entries.size(); i++) {
                if (present.add(entries.location(pack, i))) {
                    unknown.add(entries, i);
                }
            }
            return unknown;
        }

        /// The index. What was there from the start is not sorted again, so that a few additions cost little.
        MergedIndex build() {
            Buckets buckets = present;
            return buckets == null ? buildSorted() : new MergedIndex(arena, log, spread, buckets, furtherGroups);
        }

        /// The index with every entry sorted into one table.
        MergedIndex buildSorted() {
            return new MergedIndex(arena, log, spread, Buckets.of(log, spread, arena), furtherGroups);
        }

        /// Frees the memory of what will not be built.
        void discard() {
            arena.close();
        }
    }
}
