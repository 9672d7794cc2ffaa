package dev.reprise.mount;

import dev.reprise.base.ObjectId;
import dev.reprise.mount.fuse.FuseNode;
import java.util.Arrays;
import java.util.List;

/// An open file: any range of it, blob by blob. Safe for many threads.
final class MountedFile implements FuseNode.Content {
    private final MountedContent content;
    private final List<ObjectId> blobs;
    /// Behind the last byte of each blob.
    private final long[] ends;

    private final boolean asLongAsSaid;
    /// The blob last begun, to notice that a file is read from front to back.
    private volatile int last = -1;

    private MountedFile(MountedContent content, List<ObjectId> blobs, long[] ends, boolean asLongAsSaid) {
        this.content = content;
        this.blobs = blobs;
        this.ends = ends;
        this.asLongAsSaid = asLongAsSaid;
    }

    static MountedFile open(MountedContent content, List<ObjectId> blobs, long saidSize) {
        long[] ends = content.ends(blobs);
        long size = ends.length == 0 ? 0 : ends[ends.length - 1];
        return new MountedFile(content, blobs, ends, size == saidSize);
    }

    @Override
    public boolean asLongAsSaid() {
        return asLongAsSaid;
    }

    @Override
    public void read(long offset, int length, FuseNode.Sink sink) {
        long at = offset;
        long end = offset + length < 0 ? Long.MAX_VALUE : offset + length;
        for (int i = firstBehind(offset); i < ends.length && at < end; i++) {
            long start = i == 0 ? 0 : ends[i - 1];
            byte[] blob = blob(i);
            int from = (int) (at - start);
            int count = (int) Math.min(blob.length - from, end - at);
            sink.put(blob, from, count);
            at += count;
        }
    }

    /// The first blob that ends behind this offset.
    private int firstBehind(long offset) {
        int found = Arrays.binarySearch(ends, offset + 1);
        int first = found >= 0 ? found : -found - 1;
        while (first > 0 && ends[first - 1] > offset) { // blobs of no bytes end where others do
            first--;
        }
        return first;
    }

    private byte[] blob(int index) {
        byte[] blob = content.blob(blobs.get(index));
        int before = last;
        if (index != before) {
            last = index;
            if (index == before + 1 && index + 1 < ends.length) {
                content.blobAhead(blobs.get(index + 1));
            }
        }
        return blob;
    }
}
