package dev.reprise.operations.restore;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.Prefetch;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.pack.BlobReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A file's content as a stream. A thread of its own fetches the next blobs while this one is consumed; where a place
/// answers late, several are fetched at a time.
final class ReadAhead extends InputStream {
    /// Blobs that wait; each is up to 8 MiB, so about 24 MiB with the one being read.
    private static final int BLOBS_AHEAD = 2;
    /// One after the other keeps a disk busy.
    private static final int CONNECTIONS_OF_DISK = 2;
    /// Of blobs fetched at a time, as far as it is known before.
    private static final long BYTES_AHEAD = 16 << 20;

    /// What the fetching thread hands over.
    private sealed interface Part {
        record Blob(byte[] data) implements Part {}

        record Failed(RuntimeException reason) implements Part {}

        record End() implements Part {}
    }

    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>(BLOBS_AHEAD);
    private final Thread fetcher;
    private Part current = new Part.Blob(new byte[0]);
    private int position;
    private boolean closed;

    private final Repository repository;
    private final BlobIndex index;
    private final ConcurrentLinkedQueue<BlobReader> readers = new ConcurrentLinkedQueue<>();

    ReadAhead(Repository repository, BlobIndex index, List<ObjectId> content) {
        this.repository = repository;
        this.index = index;
        fetcher = Thread.ofPlatform().name("reading ahead").daemon().start(() -> fetch(content));
    }

    private void fetch(List<ObjectId> content) {
        int parallel = repository.readers(1);
        var window = new Prefetch.Window(1, parallel > CONNECTIONS_OF_DISK ? parallel : 1, BYTES_AHEAD);
        try {
            Prefetch.run("reading ahead", window, content, this::weight, this::next, this::hand);
            parts.put(new Part.End());
        } catch (EndedException | CancelledException | InterruptedException _) {
            // The last part was handed over, or the stream was closed: nobody waits for more.
        } finally {
            readers.forEach(BlobReader::close);
        }
    }

    private long weight(ObjectId id) {
        List<BlobLocation> copies = index.find(BlobHandle.data(id));
        return copies.isEmpty() ? 0 : copies.getFirst().plainLength();
    }

    private Part next(ObjectId id) {
        BlobReader idle = readers.poll();
        BlobReader reader = idle == null ? repository.reader(index) : idle;
        try {
            return next(reader, id);
        } finally {
            readers.add(reader);
        }
    }

    private void hand(Part part) {
        try {
            parts.put(part);
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("reading ahead");
        }
        if (part instanceof Part.Failed) {
            throw new EndedException();
        }
    }

    /// Nothing can follow.
    private static final class EndedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        EndedException() {
            super("ended", null, false, false);
        }
    }

    private static Part next(BlobReader reader, ObjectId id) {
        try {
            return new Part.Blob(reader.read(BlobHandle.data(id)));
        } catch (RuntimeException e) {
            return new Part.Failed(e);
        } catch (Error e) {
            return new Part.Failed(new IllegalStateException("could not read data blob " + id.hex(), e));
        }
    }

    @Override
    public int read() throws IOException {
        byte[] data = data();
        return data == null ? -1 : data[position++] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        byte[] data = data();
        if (data == null) {
            return -1;
        }
        int count = Math.min(length, data.length - position);
        System.arraycopy(data, position, into, offset, count);
        position += count;
        return count;
    }

    @Override
    public int available() {
        return current instanceof Part.Blob(byte[] data) ? data.length - position : 0;
    }

    /// The blob to take the next byte from; null at the end. A failure stays a failure.
    private byte @Nullable [] data() throws IOException {
        if (closed) {
            throw new IOException("the stream is closed");
        }
        while (true) {
            switch (current) {
                case Part.Blob(byte[] data)
                when position < data.length -> {
                    return data;
                }
                case Part.Blob _ -> {
                    current = await();
                    position = 0;
                }
                case Part.Failed(RuntimeException reason) -> throw reason;
                case Part.End() -> {
                    return null;
                }
            }
        }
    }

    private Part await() {
        try {
            return parts.take();
        } catch (InterruptedException _) {
            throw CancelledException.interrupted("reading a file of the repository");
        }
    }

    /// Returns when the fetching thread has ended.
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (fetcher.isAlive()) {
            fetcher.interrupt();
            parts.clear();
            try {
                fetcher.join();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
