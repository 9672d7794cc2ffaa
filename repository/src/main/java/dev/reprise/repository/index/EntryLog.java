package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Entries of all packs, one group per pack, in memory outside the heap: 40 bytes for an entry and 40 for a pack.
///
/// An entry is 32 bytes of id and 8 of place. The pack is not stored: groups lie in the order of their pack numbers,
/// so the number follows from the entry's position. Nor is the stored length of a compressed blob: in a pack one blob
/// follows the other, so it ends where the next one starts, and the last where the group ends. Entries for which that
/// does not hold, or which are 512 MiB or larger, are odd: their place is the number of a row that says all in full.
///
/// Appending belongs to one thread at a time. Readers of entries that were appended before may run beside it.
final class EntryLog {
    static final int ENTRY_BYTES = ObjectId.BYTES + 8;
    static final int PACK_BYTES = ObjectId.BYTES + 8;
    static final int ODD_BYTES = 16;
    /// Positions are ints; one value is kept free for "none".
    static final int MAX_ENTRIES = Integer.MAX_VALUE - 1;

    // A place: offset (32 bits), plaintext length (29), and three flags. Of an odd one: the number of its row instead.
    private static final long ODD = 1L << 63;
    private static final long TREE = 1L << 62;
    private static final long COMPRESSED = 1L << 61;
    private static final int PLAIN_BITS = 29;
    private static final long UINT32 = 0xFFFF_FFFFL;

    private static final int ENTRY_WORDS = ENTRY_BYTES / Long.BYTES;
    /// Entries that are copied to or from memory outside the heap at once: reaching it word by word is slow until that
    /// is
    /// compiled. Their chunks hold a multiple of it.
    static final int TOGETHER = 512;

    /// For every so many entries it is noted which group they start in.
    private static final int NOTE_BITS = 12;

    final Rows entries;
    final Rows packs;
    final Rows odds;
    private int size;
    private int packCount;
    private int oddCount;
    private volatile int[] notes = new int[16];
    /// Entries on their way out of the heap or into it; of the thread that appends.
    private final long[] moved = new long[ENTRY_WORDS * TOGETHER];

    EntryLog(Arena arena) {
        entries = new Rows(arena, ENTRY_BYTES, 13);
        packs = new Rows(arena, PACK_BYTES, 9);
        odds = new Rows(arena, ODD_BYTES, 9);
    }

    int size() {
        return size;
    }

    int packCount() {
        return packCount;
    }

    int oddCount() {
        return oddCount;
    }

    /// Bytes taken outside the heap.
    long bytes() {
        return entries.bytes() + packs.bytes() + odds.bytes();
    }

    ObjectId pack(int packNumber) {
        return id(packs, packNumber);
    }

    /// Appends a group.
    ///
    /// @param group in the order of offsets
    /// @return its pack number
    int append(ObjectId pack, PackEntries group) {
        if (group.size() > MAX_ENTRIES - size) {
            throw new IllegalStateException("more than " + MAX_ENTRIES + " index entries");
        }
        int number = packCount;
        packs.reserve(number + 1);
        entries.reserve(size + group.size());
        int first = size;
        for (int done = 0; done < group.size(); ) {
            done += write(group, done, first + done);
        }
        long end = group.size() == 0 ? 0 : end(group, group.size() - 1);
        writeId(packs, number, pack);
        setPack(number, first, (int) end);
        packCount++;
        size += group.size();
        note(number, first, size);
        return number;
    }

    /// Where in the pack an entry's blob ends.
    private static long end(PackEntries group, int i) {
        return group.offset(i) + group.length(i);
    }

    /// Writes as many entries as one copy takes.
    ///
    /// @param i     the first of them in the group
    /// @param entry the first of them here
    /// @return how many
    private int write(PackEntries group, int i, int entry) {
        MemorySegment chunk = entries.chunk(entry);
        long at = entries.at(entry);
        int count = Math.min(Math.min(group.size() - i, TOGETHER), (int) ((chunk.byteSize() - at) / ENTRY_BYTES));
        for (int k = 0; k < count; k++) {
            // An end behind 4 GiB does not fit: nothing then equals it, and the last entry is odd.
            long end = end(group, i + k);
            long next = i + k + 1 < group.size() ? group.offset(i + k + 1) : end & UINT32;
            group.copyId(i + k, moved, ENTRY_WORDS * k);
            moved[ENTRY_WORDS * k + ENTRY_WORDS - 1] = place(group, i + k, next == end);
        }
        MemorySegment.copy(moved, 0, chunk, ValueLayout.JAVA_LONG, at, ENTRY_WORDS * count);
        return count;
    }

    private long place(PackEntries group, int i, boolean contiguous) {
        BlobType type = group.type(i);
        boolean compressed = group.uncompressedLength(i) != 0;
        int plain = compressed ? group.uncompressedLength(i) : group.length(i) - PackEntries.SEAL_BYTES;
        long flags = (type == BlobType.TREE ? TREE : 0) | (compressed ? COMPRESSED : 0);
        if (plain >>> PLAIN_BITS == 0 && (contiguous || !compressed)) {
            return flags | ((long) plain << 32) | group.offset(i);
        }
        odds.reserve(oddCount + 1);
        MemorySegment chunk = odds.chunk(oddCount);
        long at = odds.at(oddCount);
        chunk.set(ValueLayout.JAVA_INT, at, (int) group.offset(i));
        chunk.set(ValueLayout.JAVA_INT, at + 4, group.length(i));
        chunk.set(ValueLayout.JAVA_INT, at + 8, plain);
        return ODD | flags | oddCount++;
    }

    private void note(int number, int first, int end) {
        int[] noted = notes;
        for (int at = (first + (1 << NOTE_BITS) - 1) >>> NOTE_BITS; ((long) at << NOTE_BITS) < end; at++) {
            if (at == noted.length) {
                noted = Arrays.copyOf(noted, 2 * at);
            }
            noted[at] = number;
        }
        notes = noted;
    }

    /// Takes over rows that were written into [#entries], [#packs] and [#odds] from outside; they must be a log's.
    void adopt(int newSize, int newPackCount, int newOddCount) {
        for (int number = 0; number < newPackCount; number++) {
            int end = number + 1 < newPackCount ? first(number + 1) : newSize;
            note(number, first(number), end);
        }
        size = newSize;
        packCount = newPackCount;
        oddCount = newOddCount;
    }

    /// Whether an entry is a copy of this blob.
    boolean is(int entry, BlobHandle handle) {
        ObjectId id = handle.id();
        MemorySegment chunk = entries.chunk(entry);
        long at = entries.at(entry);
        return chunk.get(ValueLayout.JAVA_LONG, at) == id.w0()
                && chunk.get(ValueLayout.JAVA_LONG, at + 8) == id.w1()
                && chunk.get(ValueLayout.JAVA_LONG, at + 16) == id.w2()
                && chunk.get(ValueLayout.JAVA_LONG, at + 24) == id.w3()
                && type(chunk.get(ValueLayout.JAVA_LONG, at + ObjectId.BYTES)) == handle.type();
    }

    long spread(int entry, Spread spread) {
        MemorySegment chunk = entries.chunk(entry);
        long at = entries.at(entry);
        return spread.of(
                chunk.get(ValueLayout.JAVA_LONG, at),
                chunk.get(ValueLayout.JAVA_LONG, at + 8),
                chunk.get(ValueLayout.JAVA_LONG, at + 16),
                chunk.get(ValueLayout.JAVA_LONG, at + 24));
    }

    /// Computes the hashes of a block of [#TOGETHER] entries, or of fewer at the end. Not beside appending.
    ///
    /// @param end one behind the last entry to look at
    /// @return how many they are
    int spread(int block, int end, Spread spread, long[] hashes) {
        int first = block * TOGETHER;
        int count = Math.min(TOGETHER, end - first);
        MemorySegment.copy(
                entries.chunk(first), ValueLayout.JAVA_LONG, entries.at(first), moved, 0, ENTRY_WORDS * count);
        for (int i = 0, word = 0; i < count; i++, word += ENTRY_WORDS) {
            hashes[i] = spread.of(moved[word], moved[word + 1], moved[word + 2], moved[word + 3]);
        }
        return count;
    }

    ObjectId id(int entry) {
        return id(entries, entry);
    }

    BlobType type(int entry) {
        return type(place(entry));
    }

    long offset(int entry) {
        return offset(place(entry));
    }

    private long offset(long place) {
        return place >= 0 ? place & UINT32 : odd(place, 0) & UINT32;
    }

    int plainLength(int entry) {
        return plainLength(place(entry));
    }

    private int plainLength(long place) {
        return place >= 0 ? (int) (place >>> 32) & ((1 << PLAIN_BITS) - 1) : odd(place, 8);
    }

    /// @param packNumber the entry's group
    int length(int entry, int packNumber) {
        long place = place(entry);
        if (place < 0) {
            return odd(place, 4);
        }
        if ((place & COMPRESSED) == 0) {
            return plainLength(place) + PackEntries.SEAL_BYTES;
        }
        long next = entry + 1 < end(packNumber) ? offset(entry + 1) : blobsEnd(packNumber);
        return (int) (next - offset(place));
    }

    /// 0 for a blob stored raw.
    int uncompressedLength(int entry) {
        long place = place(entry);
        return (place & COMPRESSED) == 0 ? 0 : plainLength(place);
    }

    BlobLocation location(int entry) {
        return location(entry, packNumber(entry));
    }

    BlobLocation location(int entry, int packNumber) {
        return location(entry, packNumber, pack(packNumber));
    }

    /// @param pack the id of that pack
    BlobLocation location(int entry, int packNumber, ObjectId pack) {
        long place = place(entry);
        var handle = new BlobHandle(type(place), id(entry));
        boolean compressed = (place & COMPRESSED) != 0;
        return new BlobLocation(handle, pack, offset(place), length(entry, packNumber), plainLength(place), compressed);
    }

    /// First entry of a pack's group.
    int first(int packNumber) {
        return packs.chunk(packNumber).get(ValueLayout.JAVA_INT, packs.at(packNumber) + ObjectId.BYTES);
    }

    /// One behind the last entry of a pack's group.
    int end(int packNumber) {
        return packNumber + 1 < packCount ? first(packNumber + 1) : size;
    }

    /// Where in the pack the group's last blob ends.
    private long blobsEnd(int packNumber) {
        return packs.chunk(packNumber).get(ValueLayout.JAVA_INT, packs.at(packNumber) + ObjectId.BYTES + 4) & UINT32;
    }

    private int packNumber(int entry) {
        int note = entry >>> NOTE_BITS;
        int low = notes[note];
        int high = note + 1 <= (size - 1) >>> NOTE_BITS ? notes[note + 1] : packCount - 1;
        // The last group that starts at or before the entry. Empty groups share a start; the last of them holds it.
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (first(middle) <= entry) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private static BlobType type(long place) {
        return (place & TREE) == 0 ? BlobType.DATA : BlobType.TREE;
    }

    private long place(int entry) {
        return entries.chunk(entry).get(ValueLayout.JAVA_LONG, entries.at(entry) + ObjectId.BYTES);
    }

    private int odd(long place, int field) {
        int number = (int) place;
        return odds.chunk(number).get(ValueLayout.JAVA_INT, odds.at(number) + field);
    }

    private void setPack(int number, int first, int end) {
        MemorySegment chunk = packs.chunk(number);
        chunk.set(ValueLayout.JAVA_INT, packs.at(number) + ObjectId.BYTES, first);
        chunk.set(ValueLayout.JAVA_INT, packs.at(number) + ObjectId.BYTES + 4, end);
    }

    private static ObjectId id(Rows rows, int row) {
        MemorySegment chunk = rows.chunk(row);
        long at = rows.at(row);
        return new ObjectId(
                chunk.get(ValueLayout.JAVA_LONG, at),
                chunk.get(ValueLayout.JAVA_LONG, at + 8),
                chunk.get(ValueLayout.JAVA_LONG, at + 16),
                chunk.get(ValueLayout.JAVA_LONG, at + 24));
    }

    private static void writeId(Rows rows, int row, ObjectId id) {
        MemorySegment chunk = rows.chunk(row);
        long at = rows.at(row);
        chunk.set(ValueLayout.JAVA_LONG, at, id.w0());
        chunk.set(ValueLayout.JAVA_LONG, at + 8, id.w1());
        chunk.set(ValueLayout.JAVA_LONG, at + 16, id.w2());
        chunk.set(ValueLayout.JAVA_LONG, at + 24, id.w3());
    }
}
