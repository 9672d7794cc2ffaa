package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Entries of all packs, one group per pack, in memory outside the heap: 44 bytes each.
///
/// An entry is 32 bytes of id and 12 of place: offset, stored length, plaintext length (0 when not compressed).
/// The type is the top bit of the stored length, which is below 2 GiB. The pack is not stored: groups lie in the
/// order of their pack numbers, so the number follows from the entry's position.
///
/// Appending belongs to one thread at a time. Readers of entries that were appended before may run beside it.
final class EntryLog {
    private static final int CHUNK_BITS = 12;
    private static final int CHUNK_ENTRIES = 1 << CHUNK_BITS;
    private static final int PLACE_BYTES = 12;
    private static final int TREE = 1 << 31;
    /// Positions are ints; one value is kept free for "none".
    private static final int MAX_ENTRIES = Integer.MAX_VALUE - 1;

    private final Arena arena = Arena.ofAuto();
    private volatile MemorySegment[] idChunks = new MemorySegment[0];
    private volatile MemorySegment[] placeChunks = new MemorySegment[0];
    private volatile int[] firstEntries = new int[64];
    private final List<ObjectId> packs = new ArrayList<>();
    private int size;

    int size() {
        return size;
    }

    int packCount() {
        return packs.size();
    }

    ObjectId pack(int packNumber) {
        return packs.get(packNumber);
    }

    /// Appends a group.
    ///
    /// @return its pack number
    int append(ObjectId pack, PackEntries entries) {
        if (entries.size() > MAX_ENTRIES - size) {
            throw new IllegalStateException("more than " + MAX_ENTRIES + " index entries");
        }
        int number = packs.size();
        int[] firsts = firstEntries;
        if (number == firsts.length) {
            firsts = Arrays.copyOf(firsts, 2 * number);
        }
        firsts[number] = size;
        firstEntries = firsts;
        packs.add(pack);
        reserve(size + entries.size());
        for (int i = 0; i < entries.size(); i++) {
            write(size++, entries, i);
        }
        return number;
    }

    private void reserve(int entries) {
        int chunks = (entries + CHUNK_ENTRIES - 1) >>> CHUNK_BITS;
        int present = idChunks.length;
        if (chunks <= present) {
            return;
        }
        MemorySegment[] ids = Arrays.copyOf(idChunks, chunks);
        MemorySegment[] places = Arrays.copyOf(placeChunks, chunks);
        for (int i = present; i < chunks; i++) {
            ids[i] = arena.allocate((long) CHUNK_ENTRIES * ObjectId.BYTES, 8);
            places[i] = arena.allocate((long) CHUNK_ENTRIES * PLACE_BYTES, 8);
        }
        idChunks = ids;
        placeChunks = places;
    }

    private void write(int entry, PackEntries from, int i) {
        ObjectId id = from.id(i);
        MemorySegment ids = idChunks[entry >>> CHUNK_BITS];
        long at = idOffset(entry);
        ids.set(ValueLayout.JAVA_LONG, at, id.w0());
        ids.set(ValueLayout.JAVA_LONG, at + 8, id.w1());
        ids.set(ValueLayout.JAVA_LONG, at + 16, id.w2());
        ids.set(ValueLayout.JAVA_LONG, at + 24, id.w3());
        MemorySegment places = placeChunks[entry >>> CHUNK_BITS];
        long place = placeOffset(entry);
        int type = from.type(i) == BlobType.TREE ? TREE : 0;
        places.set(ValueLayout.JAVA_INT, place, (int) from.offset(i));
        places.set(ValueLayout.JAVA_INT, place + 4, from.length(i) | type);
        places.set(ValueLayout.JAVA_INT, place + 8, from.uncompressedLength(i));
    }

    /// Whether an entry is a copy of this blob.
    boolean is(int entry, BlobHandle handle) {
        ObjectId id = handle.id();
        MemorySegment ids = idChunks[entry >>> CHUNK_BITS];
        long at = idOffset(entry);
        return ids.get(ValueLayout.JAVA_LONG, at) == id.w0()
                && ids.get(ValueLayout.JAVA_LONG, at + 8) == id.w1()
                && ids.get(ValueLayout.JAVA_LONG, at + 16) == id.w2()
                && ids.get(ValueLayout.JAVA_LONG, at + 24) == id.w3()
                && type(entry) == handle.type();
    }

    /// A number spread evenly over 64 bits, the same for entry and handle: ids are hashes, but those of a hostile
    /// index need not be.
    long spread(int entry) {
        MemorySegment ids = idChunks[entry >>> CHUNK_BITS];
        long at = idOffset(entry);
        return spread(ids.get(ValueLayout.JAVA_LONG, at), ids.get(ValueLayout.JAVA_LONG, at + 24));
    }

    static long spread(ObjectId id) {
        return spread(id.w0(), id.w3());
    }

    private static long spread(long first, long last) {
        long mixed = (first ^ Long.rotateLeft(last, 32)) * 0x9E3779B97F4A7C15L;
        return (mixed ^ (mixed >>> 32)) * 0xD6E8FEB86659FD93L;
    }

    ObjectId id(int entry) {
        MemorySegment ids = idChunks[entry >>> CHUNK_BITS];
        long at = idOffset(entry);
        return new ObjectId(
                ids.get(ValueLayout.JAVA_LONG, at),
                ids.get(ValueLayout.JAVA_LONG, at + 8),
                ids.get(ValueLayout.JAVA_LONG, at + 16),
                ids.get(ValueLayout.JAVA_LONG, at + 24));
    }

    BlobType type(int entry) {
        return place(entry, 4) < 0 ? BlobType.TREE : BlobType.DATA;
    }

    long offset(int entry) {
        return place(entry, 0) & 0xFFFF_FFFFL;
    }

    int length(int entry) {
        return place(entry, 4) & ~TREE;
    }

    int uncompressedLength(int entry) {
        return place(entry, 8);
    }

    int plainLength(int entry) {
        int uncompressed = uncompressedLength(entry);
        return uncompressed != 0 ? uncompressed : length(entry) - PackEntries.SEAL_BYTES;
    }

    BlobLocation location(int entry) {
        return location(entry, packs.get(packNumber(entry)));
    }

    BlobLocation location(int entry, ObjectId pack) {
        var handle = new BlobHandle(type(entry), id(entry));
        boolean compressed = uncompressedLength(entry) != 0;
        return new BlobLocation(handle, pack, offset(entry), length(entry), plainLength(entry), compressed);
    }

    /// First entry of a pack's group.
    int first(int packNumber) {
        return firstEntries[packNumber];
    }

    /// One behind the last entry of a pack's group.
    int end(int packNumber) {
        return packNumber + 1 < packs.size() ? firstEntries[packNumber + 1] : size;
    }

    private int packNumber(int entry) {
        int low = 0;
        int high = packs.size() - 1;
        // The last group that starts at or before the entry. Empty groups share a start; the last of them holds it.
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (firstEntries[middle] <= entry) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int place(int entry, int field) {
        return placeChunks[entry >>> CHUNK_BITS].get(ValueLayout.JAVA_INT, placeOffset(entry) + field);
    }

    private static long idOffset(int entry) {
        return (long) (entry & (CHUNK_ENTRIES - 1)) * ObjectId.BYTES;
    }

    private static long placeOffset(int entry) {
        return (long) (entry & (CHUNK_ENTRIES - 1)) * PLACE_BYTES;
    }
}
