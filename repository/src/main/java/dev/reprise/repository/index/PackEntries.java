package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The blobs of one pack in primitive arrays, about 45 bytes each. Grows; belongs to one thread at a time.
public final class PackEntries {
    /// Bytes of a sealed unit around its content (IV and MAC).
    static final int SEAL_BYTES = 32;

    /// Blobs that truly lie in one pack never start at the same byte; that many which do are no honest index.
    private static final int MOST_COMPARED = 16;

    private int size;
    private long[] ids = new long[4 * 4];
    private int[] offsets = new int[4];
    private int[] lengths = new int[4];
    private int[] plainLengths = new int[4];
    private byte[] types = new byte[4];

    /// @param offset            unsigned 32 bits
    /// @param length            stored length, at least 32
    /// @param uncompressedLength plaintext length of a compressed blob; 0 for one stored raw
    public void add(BlobType type, ObjectId id, long offset, int length, int uncompressedLength) {
        if (offset < 0 || offset > 0xFFFF_FFFFL || length < SEAL_BYTES || uncompressedLength < 0) {
            throw new IllegalArgumentException("impossible entry: offset %d, length %d, uncompressed %d"
                    .formatted(offset, length, uncompressedLength));
        }
        grow();
        ids[4 * size] = id.w0();
        ids[4 * size + 1] = id.w1();
        ids[4 * size + 2] = id.w2();
        ids[4 * size + 3] = id.w3();
        offsets[size] = (int) offset;
        lengths[size] = length;
        plainLengths[size] = uncompressedLength;
        types[size] = (byte) (type == BlobType.TREE ? 1 : 0);
        size++;
    }

    private void grow() {
        if (size < types.length) {
            return;
        }
        int capacity = size + (size >> 1) + 4;
        ids = Arrays.copyOf(ids, 4 * capacity);
        offsets = Arrays.copyOf(offsets, capacity);
        lengths = Arrays.copyOf(lengths, capacity);
        plainLengths = Arrays.copyOf(plainLengths, capacity);
        types = Arrays.copyOf(types, capacity);
    }

    public int size() {
        return size;
    }

    public BlobType type(int i) {
        return types[i] == 0 ? BlobType.DATA : BlobType.TREE;
    }

    public ObjectId id(int i) {
        return new ObjectId(ids[4 * i], ids[4 * i + 1], ids[4 * i + 2], ids[4 * i + 3]);
    }

    public long offset(int i) {
        return offsets[i] & 0xFFFF_FFFFL;
    }

    /// Stored length in bytes.
    public int length(int i) {
        return lengths[i];
    }

    /// Plaintext length of a compressed blob; 0 for one stored raw.
    public int uncompressedLength(int i) {
        return plainLengths[i];
    }

    public BlobLocation location(ObjectId pack, int i) {
        boolean compressed = plainLengths[i] != 0;
        int plainLength = compressed ? plainLengths[i] : lengths[i] - SEAL_BYTES;
        return new BlobLocation(new BlobHandle(type(i), id(i)), pack, offset(i), lengths[i], plainLength, compressed);
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
        for (int i = size - 1; i >= last && offsets[i] == from.offsets[k]; i--) {
            if (same(i, from, k)) {
                return;
            }
        }
        add(from, k);
    }

    void add(PackEntries from, int k) {
        add(from.type(k), from.id(k), from.offset(k), from.lengths[k], from.plainLengths[k]);
    }

    private boolean same(int i, PackEntries other, int k) {
        return lengths[i] == other.lengths[k]
                && plainLengths[i] == other.plainLengths[k]
                && types[i] == other.types[k]
                && id(i).equals(other.id(k));
    }
}
