package dev.reprise.operations.prune;

import java.util.Arrays;

/// What is known of each pack by its number: 46 bytes each. Belongs to one thread.
final class PackAccounts {
    /// Bytes of a pack besides blobs and the entries of its header: IV and MAC of the header, and its
    /// length.
    private static final int FRAME_BYTES = 36;
    private static final int RAW_ENTRY_BYTES = 37;
    private static final int COMPRESSED_ENTRY_BYTES = 41;

    /// No blob seen yet.
    private static final byte NO_TYPE = -1;
    /// Blobs of both types.
    private static final byte MIXED = -2;

    private static final byte LIVE = 1;
    private static final byte UNCOMPRESSED = 2;
    private static final byte COLD = 4;
    private static final byte ARCHIVED = 8;

    private final long[] listedSize;
    private final long[] usedSize;
    private final long[] unusedSize;
    private final long[] duplicateSize;
    private final int[] usedBlobs;
    private final int[] unusedBlobs;
    private final int[] duplicateBlobs;
    private final byte[] type;
    private final byte[] flags;
    private long totalUsedBlobs;
    private long totalUsedBytes;

    PackAccounts(int packs) {
        listedSize = new long[packs];
        Arrays.fill(listedSize, -1);
        usedSize = new long[packs];
        Arrays.fill(usedSize, FRAME_BYTES);
        unusedSize = new long[packs];
        duplicateSize = new long[packs];
        usedBlobs = new int[packs];
        unusedBlobs = new int[packs];
        duplicateBlobs = new int[packs];
        type = new byte[packs];
        Arrays.fill(type, NO_TYPE);
        flags = new byte[packs];
    }

    /// An index names it as in use, not only as marked for deletion.
    void setLive(int pack) {
        flags[pack] |= LIVE;
    }

    boolean isLive(int pack) {
        return (flags[pack] & LIVE) != 0;
    }

    /// It lies in a class other than the standard one.
    ///
    /// @param archived whether it has to be brought back before it can be read
    void setCold(int pack, boolean archived) {
        flags[pack] |= archived ? COLD | ARCHIVED : COLD;
    }

    boolean isCold(int pack) {
        return (flags[pack] & COLD) != 0;
    }

    boolean isArchived(int pack) {
        return (flags[pack] & ARCHIVED) != 0;
    }

    void setListed(int pack, long size) {
        listedSize[pack] = size;
    }

    /// In bytes; -1 if the pack is not there.
    long listedSize(int pack) {
        return listedSize[pack];
    }

    boolean isListed(int pack) {
        return listedSize[pack] >= 0;
    }

    /// One blob of the pack, whatever becomes of it. What it is has to be said besides.
    void add(int pack, int blobType, boolean compressed) {
        if (type[pack] == NO_TYPE) {
            type[pack] = (byte) blobType;
        } else if (type[pack] != blobType) {
            type[pack] = MIXED;
        }
        usedSize[pack] += compressed ? COMPRESSED_ENTRY_BYTES : RAW_ENTRY_BYTES;
        if (!compressed) {
            flags[pack] |= UNCOMPRESSED;
        }
    }

    void addUsed(int pack, int length) {
        usedSize[pack] += length;
        usedBlobs[pack]++;
        totalUsedBytes += length;
        totalUsedBlobs++;
    }

    void addUnused(int pack, int length) {
        unusedSize[pack] += length;
        unusedBlobs[pack]++;
    }

    /// A copy of a used blob that has others; unused until it is chosen.
    void addDuplicate(int pack, int length) {
        addUnused(pack, length);
        duplicateSize[pack] += length;
        duplicateBlobs[pack]++;
    }

    void choose(int pack, int length) {
        addUsed(pack, length);
        unusedSize[pack] -= length;
        unusedBlobs[pack]--;
        duplicateSize[pack] -= length;
        duplicateBlobs[pack]--;
    }

    /// Whether a duplicate in this pack is better chosen than others: the pack stays anyway, or all of it
    /// is duplicates, as in packs that an interrupted prune has written.
    boolean attractsDuplicates(int pack) {
        return usedBlobs[pack] > 0 || duplicateBlobs[pack] == unusedBlobs[pack];
    }

    long totalUsedBlobs() {
        return totalUsedBlobs;
    }

    /// Without headers.
    long totalUsedBytes() {
        return totalUsedBytes;
    }

    boolean isEmpty(int pack) {
        return type[pack] == NO_TYPE;
    }

    boolean isMixed(int pack) {
        return type[pack] == MIXED;
    }

    /// Holds nothing but blobs of this type.
    boolean isOnly(int pack, int blobType) {
        return type[pack] == blobType;
    }

    boolean hasUncompressed(int pack) {
        return (flags[pack] & UNCOMPRESSED) != 0;
    }

    /// What the pack must have by its index entries.
    long size(int pack) {
        return usedSize[pack] + unusedSize[pack];
    }

    /// With the header.
    long usedSize(int pack) {
        return usedSize[pack];
    }

    /// Duplicates that were not chosen included.
    long unusedSize(int pack) {
        return unusedSize[pack];
    }

    long duplicateSize(int pack) {
        return duplicateSize[pack];
    }

    int usedBlobs(int pack) {
        return usedBlobs[pack];
    }

    int unusedBlobs(int pack) {
        return unusedBlobs[pack];
    }

    int duplicateBlobs(int pack) {
        return duplicateBlobs[pack];
    }
}
