package dev.reprise.operations.prune;

import dev.reprise.operations.sorting.BlobRecord;
import dev.reprise.operations.sorting.ExternalSort;
import dev.reprise.operations.sorting.ExternalSort.Cursor;
import dev.reprise.repository.model.BlobHandle;
import java.util.Arrays;

/// Walks through all blobs, each with all its copies and whether a snapshot uses it. Belongs to one thread.
final class BlobCopies {
    private final Cursor indexed;
    private final Cursor used;
    private boolean moreIndexed;
    private boolean moreUsed;

    private final byte[] handle = new byte[BlobRecord.HANDLE_BYTES];
    private boolean isUsed;
    private int count;
    private int[] packs = new int[4];
    private int[] offsets = new int[4];
    private int[] lengths = new int[4];
    private int[] uncompressedLengths = new int[4];

    /// @param indexed records of [BlobRecord#BYTES]
    /// @param used    records of [BlobRecord#HANDLE_BYTES]
    BlobCopies(ExternalSort indexed, ExternalSort used) {
        this.indexed = indexed.read();
        this.used = used.read();
        moreIndexed = this.indexed.next();
        moreUsed = this.used.next();
    }

    /// Steps to the next blob, which is in the index, or used, or both.
    boolean next() {
        if (!moreIndexed && !moreUsed) {
            return false;
        }
        int order = !moreUsed ? -1 : !moreIndexed ? 1 : compare(indexed.record(), used.record());
        System.arraycopy(order <= 0 ? indexed.record() : used.record(), 0, handle, 0, handle.length);
        isUsed = order >= 0;
        if (isUsed) {
            moreUsed = used.next();
        }
        count = 0;
        while (moreIndexed && compare(indexed.record(), handle) == 0) {
            take(indexed.record());
            moreIndexed = indexed.next();
        }
        return true;
    }

    private static int compare(byte[] a, byte[] b) {
        return Arrays.compareUnsigned(a, 0, BlobRecord.HANDLE_BYTES, b, 0, BlobRecord.HANDLE_BYTES);
    }

    private void take(byte[] record) {
        if (count == packs.length) {
            packs = Arrays.copyOf(packs, 2 * count);
            offsets = Arrays.copyOf(offsets, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
            uncompressedLengths = Arrays.copyOf(uncompressedLengths, 2 * count);
        }
        packs[count] = BlobRecord.pack(record);
        offsets[count] = BlobRecord.offset(record);
        lengths[count] = BlobRecord.length(record);
        uncompressedLengths[count] = BlobRecord.uncompressedLength(record);
        count++;
    }

    BlobHandle handle() {
        return BlobRecord.handle(handle);
    }

    int typeCode() {
        return handle[handle.length - 1];
    }

    boolean isUsed() {
        return isUsed;
    }

    /// How many copies there are; the following take a copy's position, in the order of packs.
    int count() {
        return count;
    }

    int pack(int copy) {
        return packs[copy];
    }

    /// Unsigned.
    int offset(int copy) {
        return offsets[copy];
    }

    int length(int copy) {
        return lengths[copy];
    }

    int uncompressedLength(int copy) {
        return uncompressedLengths[copy];
    }
}
