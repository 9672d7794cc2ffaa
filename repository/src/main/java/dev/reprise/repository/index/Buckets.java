package dev.reprise.repository.index;

import dev.reprise.repository.model.BlobHandle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Finds entries of a log that no longer changes: at most 4.5 bytes per entry. Never changes; safe for many threads.
///
/// Slots lie grouped by bucket, without slack, and it is noted where each bucket starts. A slot is an entry's position;
/// its bits above those that positions need hold more of the hash, so that hardly ever a wrong entry is looked at.
final class Buckets {
    private static final int ENTRIES_PER_BUCKET = 8;

    final int entries;
    final int bucketBits;
    private final Spread spread;
    private final int positionBits;
    /// Start of each bucket in `slots`, one more at the end; ints.
    final MemorySegment starts;
    /// Ints.
    final MemorySegment slots;

    /// @param entries how many entries there are; memory for them is taken, and is all zero
    Buckets(Arena arena, Spread spread, int entries) {
        this.entries = entries;
        this.spread = spread;
        this.bucketBits = Math.max(1, 31 - Integer.numberOfLeadingZeros(entries / ENTRIES_PER_BUCKET));
        this.positionBits = Math.max(1, 32 - Integer.numberOfLeadingZeros(Math.max(0, entries - 1)));
        this.starts = arena.allocate(4L * ((1 << bucketBits) + 1), 8);
        this.slots = arena.allocate(Math.max(8, 4L * entries), 8);
    }

    /// Of every entry the log has now.
    static Buckets of(EntryLog log, Spread spread, Arena arena) {
        var buckets = new Buckets(arena, spread, log.size());
        buckets.sort(log);
        return buckets;
    }

    /// Counting sort: count per bucket, add up, place from the back.
    private void sort(EntryLog log) {
        int[] ends = new int[(1 << bucketBits) + 1];
        long[] hashes = new long[EntryLog.TOGETHER];
        int blocks = (int) (((long) entries + EntryLog.TOGETHER - 1) / EntryLog.TOGETHER);
        for (int block = 0; block < blocks; block++) {
            count(hashes, log.spread(block, entries, spread, hashes), ends);
        }
        int sum = 0;
        for (int bucket = 0; bucket < ends.length; bucket++) {
            sum += ends[bucket];
            ends[bucket] = sum;
        }
        for (int block = blocks - 1; block >= 0; block--) {
            place(hashes, log.spread(block, entries, spread, hashes), block * EntryLog.TOGETHER, ends);
        }
        MemorySegment.copy(ends, 0, starts, ValueLayout.JAVA_INT, 0, ends.length);
    }

    private void count(long[] hashes, int count, int[] perBucket) {
        for (int i = 0; i < count; i++) {
            perBucket[bucket(hashes[i])]++;
        }
    }

    /// @param first the entry of the first hash
    private void place(long[] hashes, int count, int first, int[] ends) {
        for (int i = count - 1; i >= 0; i--) {
            int place = --ends[bucket(hashes[i])];
            set(slots, place, (tag(hashes[i]) << positionBits) | (first + i));
        }
    }

    /// The next slot whose entry is a copy of a blob.
    ///
    /// @param hash  of the blob's id
    /// @param after the slot found before, or -1 for the first
    /// @return -1 if there is none
    int next(EntryLog log, BlobHandle handle, long hash, int after) {
        int bucket = bucket(hash);
        int tag = tag(hash);
        int end = get(starts, bucket + 1);
        for (int i = Math.max(after + 1, get(starts, bucket)); i < end; i++) {
            int slot = get(slots, i);
            if (slot >>> positionBits == tag && log.is(slot & (-1 >>> (32 - positionBits)), handle)) {
                return i;
            }
        }
        return -1;
    }

    /// The position of the entry in a slot.
    int entry(int slot) {
        return get(slots, slot) & (-1 >>> (32 - positionBits));
    }

    /// Bytes taken outside the heap.
    long bytes() {
        return starts.byteSize() + slots.byteSize();
    }

    private int bucket(long hash) {
        return (int) (hash >>> (64 - bucketBits));
    }

    /// The bits of the hash behind those that name the bucket.
    private int tag(long hash) {
        return (int) ((hash << bucketBits) >>> (32 + positionBits));
    }

    private static int get(MemorySegment segment, int index) {
        return segment.getAtIndex(ValueLayout.JAVA_INT, index);
    }

    private static void set(MemorySegment segment, int index, int value) {
        segment.setAtIndex(ValueLayout.JAVA_INT, index, value);
    }
}
