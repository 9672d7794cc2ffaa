package dev.reprise.operations.restore;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.pack.BlobReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A file's content as a stream. A thread of its own fetches the next blobs while this one is consumed.
final class ReadAhead extends InputStream {
    /// Blobs that wait; each is up to 8 MiB, so about 24 MiB with the one being read.
    private static final int BLOBS_AHEAD = 2;

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

    /// @param reader belongs to this stream from now on
    ReadAhead(BlobReader reader, List<ObjectId> content) {
        fetcher = Thread.ofPlatform().name("reading ahead").daemon().start(() -> fetch(reader, content));
    }

    private void fetch(BlobReader reader, List<ObjectId> content) {
        try (reader) {
            for (ObjectId id : content) {
                Part part = next(reader, id);
                parts.put(part);
                if (part instanceof Part.Failed) {
                    return;
                }
            }
            parts.put(new Part.End());
        } catch (InterruptedException _) {
            // The stream was closed: nobody waits for more.
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
