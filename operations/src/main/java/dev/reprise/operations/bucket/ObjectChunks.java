package dev.reprise.operations.bucket;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.chunk.Chunker;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.storage.bucket.Bucket.Found;
import dev.reprise.storage.bucket.Bucket.Sink;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Cuts objects into chunks and stores them, one object after the other. Belongs to one thread.
final class ObjectChunks implements Sink, AutoCloseable {
    private final Chunker chunker;
    private final BlobWriter.Session session;
    private final BooleanSupplier ended;
    private byte[] buffer = new byte[Chunker.MIN_BYTES];
    private int available;
    private int scanned;
    private @Nullable Found found;
    private @Nullable UploadEtag etag;
    private List<ObjectId> content = new ArrayList<>();
    private long size;
    private long freshBytes;
    private long storedBytes;

    /// @param ended whether nobody wants the object any more
    ObjectChunks(Chunker chunker, BlobWriter.Session session, BooleanSupplier ended) {
        this.chunker = chunker;
        this.session = session;
        this.ended = ended;
    }

    /// Forgets the object before.
    void reset() {
        available = 0;
        scanned = 0;
        found = null;
        etag = null;
        content = new ArrayList<>();
        size = 0;
        freshBytes = 0;
        storedBytes = 0;
    }

    @Override
    public void begin(Found object) {
        found = object;
        etag = new UploadEtag(object.size());
    }

    @Override
    public void bytes(byte[] bytes, int offset, int length) {
        if (ended.getAsBoolean()) {
            throw new CancelledException("the run was broken off");
        }
        Objects.requireNonNull(etag).update(bytes, offset, length);
        size += length;
        int from = offset;
        int left = length;
        while (left > 0) {
            int count = Math.min(left, Chunker.MAX_BYTES - available);
            makeRoom(available + count);
            System.arraycopy(bytes, from, buffer, available, count);
            available += count;
            from += count;
            left -= count;
            cut();
        }
    }

    private void makeRoom(int bytes) {
        if (buffer.length < bytes) {
            buffer = Arrays.copyOf(buffer, Math.min(Chunker.MAX_BYTES, Math.max(bytes, 2 * buffer.length)));
        }
    }

    private void cut() {
        while (available >= Chunker.MIN_BYTES) {
            int length = chunker.cut(buffer, 0, scanned, available);
            if (length < 0) {
                scanned = available;
                return;
            }
            save(length);
            System.arraycopy(buffer, length, buffer, 0, available - length);
            available -= length;
            scanned = 0;
        }
    }

    private void save(int length) {
        BlobWriter.Saved saved = session.save(BlobType.DATA, buffer, 0, length);
        content.add(saved.id());
        if (saved.fresh()) {
            freshBytes += length;
            storedBytes += saved.storedBytes();
        }
    }

    /// The object is whole.
    void end() {
        if (available > 0) {
            save(available);
            available = 0;
        }
    }

    /// What was read.
    Found found() {
        return Objects.requireNonNull(found);
    }

    String uploadEtag() {
        return Objects.requireNonNull(etag).text();
    }

    List<ObjectId> content() {
        return List.copyOf(content);
    }

    long size() {
        return size;
    }

    long freshBytes() {
        return freshBytes;
    }

    long storedBytes() {
        return storedBytes;
    }

    @Override
    public void close() {
        session.close();
    }
}
