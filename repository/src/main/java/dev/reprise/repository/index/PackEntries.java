package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// The blobs of one pack in primitive arrays, about 45 bytes each. Grows; belongs to one thread at a time.
public final class PackEntries {
    /// Bytes of a sealed unit around its content (IV and MAC).
    static final int SEAL_BYTES = 32;

    /// Blobs that truly lie in one pack never start at the same byte; that many which do are no honest index.
    private static final int MOST_COMPARED = 16;

    /// Where the entries start in the arrays.
    private int first;
    private int size;
    /// Whether the arrays are another's, who may have more in them.
    private boolean borrowed;
    private long[] ids;
    private int[] offsets;
    private int[] lengths;
    private int[] plainLengths;
    private byte[] types;

    public PackEntries() {
        ids = new long[4 * 4];
        offsets = new int[4];
        lengths = new int[4];
        plainLengths = new int[4];
        types = new byte[4];
    }

    /// Shares the arrays.
    private PackEntries(PackEntries lender) {
        borrowed = true;
        ids = lender.ids;
        offsets = lender.offsets;
        lengths = lender.lengths;
        plainLengths = lender.plainLengths;
        types = lender.types;
    }

    /// @param offset            unsigned 32 bits
    /// @param length            stored length, at least 32
    /// @param uncompressedLength plaintext length of a compressed blob; 0 for one stored raw
    public void add(BlobType type, ObjectId id, long offset, int length, int uncompressedLength) {
        if (offset < 0 || offset > 0xFFFF_FFFFL || length < SEAL_BYTES || uncompressedLength < 0) {
            throw new IllegalArgumentException("impossible entry: offset %d, length %d, uncompressed %d"
                    .formatted(offset, length, uncompressedLength));
        }
        add(id.w0(), id.w1(), id.w2(), id.w3(), type == BlobType.TREE, (int) offset, length, uncompressedLength);
    }

    /// As above, of what was checked.
    void add(long w0, long w1, long w2, long w3, boolean tree, int offset, int length, int uncompressedLength) {
        grow();
        int at = size++;
        ids[4 * at] = w0;
        ids[4 * at + 1] = w1;
        ids[4 * at + 2] = w2;
        ids[4 * at + 3] = w3;
        offsets[at] = offset;
        lengths[at] = length;
        plainLengths[at] = uncompressedLength;
        types[at] = (byte) (tree ? 1 : 0);
    }

    private void grow() {
        if (borrowed || size == types.length) {
            int capacity = size + (size >> 1) + 4;
            ids = Arrays.copyOfRange(ids, 4 * first, 4 * (first + capacity));
            offsets = Arrays.copyOfRange(offsets, first, first + capacity);
            lengths = Arrays.copyOfRange(lengths, first, first + capacity);
            plainLengths = Arrays.copyOfRange(plainLengths, first, first + capacity);
            types = Arrays.copyOfRange(types, first, first + capacity);
            first = 0;
            borrowed = false;
        }
    }

    /// Some of these, without copying them: to be used only while these are not changed.
    ///
    /// @param end one behind the last
    PackEntries range(int start, int end) {
        Objects.checkFromToIndex(start, end, size);
        var range = new PackEntries(this);
        range.first = first + start;
        range.size = end - start;
        return range;
    }

    /// Forgets the entries and keeps the memory. Not while ranges of it are in use.
    void clear() {
        size = 0;
    }

    /// Copies the id of an entry, four words.
    void copyId(int i, long[] to, int at) {
        int from = 4 * (first + i);
        to[at] = ids[from];
        to[at + 1] = ids[from + 1];
        to[at + 2] = ids[from + 2];
        to[at + 3] = ids[from + 3];
    }

    public int size() {
        return size;
    }

    public BlobType type(int i) {
        return types[first + i] == 0 ? BlobType.DATA : BlobType.TREE;
    }

    public ObjectId id(int i) {
        int at = 4 * (first + i);
        return new ObjectId(ids[at], ids[at + 1], ids[at + 2], ids[at + 3]);
    }

    public long offset(int i) {
        return offsets[first + i] & 0xFFFF_FFFFL;
    }

    /// Stored length in bytes.
    public int length(int i) {
        return lengths[first + i];
    }

    /// Plaintext length of a compressed blob; 0 for one stored raw.
    public int uncompressedLength(int i) {
        return plainLengths[first + i];
    }

    public BlobLocation location(ObjectId pack, int i) {
        boolean compressed = uncompressedLength(i) != 0;
        int plainLength = compressed ? uncompressedLength(i) : length(i) - SEAL_BYTES;
        return new BlobLocation(new BlobHandle(type(i), id(i)), pack, offset(i), length(i), plainLength, compressed);
    }

    public List<BlobLocation> locations(ObjectId pack) {
        List<BlobLocation> locations = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            locations.add(location(pack, i));
        }
        return locations;
    }

    /// The same entries in the order of their offsets, exact repetitions left out; this object itself if it is so.
    public PackEntries inOffsetOrder() {
        int i = 1;
        while (i < size && offset(i - 1) < offset(i)) {
            i++;
        }
        if (i >= size) {
            return this;
        }
        // (offset, position) as one number: offsets take 32 bits, positions 31.
        long[] order = new long[size];
        for (int k = 0; k < size; k++) {
            order[k] = (offset(k) << 31) | k;
        }
        Arrays.sort(order);
        var sorted = new PackEntries();
        for (long key : order) {
            sorted.addUnlessRepeated(this, (int) (key & 0x7FFF_FFFF));
        }
        return sorted;
    }

    private void addUnlessRepeated(PackEntries from, int k) {
        int last = Math.max(0, size - MOST_COMPARED);
        for (int i = size - 1; i >= last && offset(i) == from.offset(k); i--) {
            if (same(i, from, k)) {
                return;
            }
        }
        add(from, k);
    }

    void add(PackEntries from, int k) {
        add(from.type(k), from.id(k), from.offset(k), from.length(k), from.uncompressedLength(k));
    }

    private boolean same(int i, PackEntries other, int k) {
        return length(i) == other.length(k)
                && uncompressedLength(i) == other.uncompressedLength(k)
                && type(i) == other.type(k)
                && id(i).equals(other.id(k));
    }
}
