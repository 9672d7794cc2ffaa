package dev.reprise.operations.backup;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.pack.BlobWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Threads that store the chunks of one stream while another thread reads it. None outlives [#close()].
final class ChunkCrew implements AutoCloseable {
    private final BlobWriter writer;
    private final int workers;
    private final List<Thread> threads = new ArrayList<>();

    /// All below are guarded by this object.
    private final ArrayDeque<Chunk> waiting = new ArrayDeque<>();

    private final List<ObjectId> content = new ArrayList<>();
    private boolean ended;
    private @Nullable Throwable failure;
    private long freshBytes;
    private long storedBytes;

    private record Chunk(int place, byte[] bytes) {}

    ChunkCrew(BlobWriter writer, int workers) {
        this.writer = writer;
        this.workers = workers;
    }

    /// Gives a chunk away. Waits while each thread already has one waiting, which bounds the memory.
    ///
    /// @throws CancelledException if the calling thread is interrupted
    synchronized void hand(byte[] chunk) {
        startOnce();
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            while (waiting.size() >= workers && failure == null) {
                wait();
            }
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("storing a stream");
        }
        rethrow();
        waiting.add(new Chunk(content.size(), chunk));
        content.add(ObjectId.NULL);
        notifyAll();
    }

    /// Waits until every chunk is stored.
    ///
    /// @throws CancelledException if the calling thread is interrupted
    void finish() {
        synchronized (this) {
            ended = true;
            notifyAll();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("storing a stream");
        }
        rethrow();
    }

    synchronized List<ObjectId> content() {
        return List.copyOf(content);
    }

    synchronized long freshBytes() {
        return freshBytes;
    }

    synchronized long storedBytes() {
        return storedBytes;
    }

    /// Breaks off what is still going on and waits for the threads. A stream that breaks off is no reason to
    /// interrupt a thread that is storing a chunk: that would fail the writer, which other sources share. Only when
    /// the run itself is cancelled are they interrupted.
    @Override
    public void close() {
        fail(new CancelledException("the stream was broken off"));
        boolean interrupted = Thread.interrupted();
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                if (interrupted) {
                    thread.interrupt();
                }
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void startOnce() {
        if (threads.isEmpty()) {
            Thread.Builder builder = Thread.ofPlatform().name("stream-", 1);
            for (int i = 0; i < workers; i++) {
                threads.add(builder.start(this::work));
            }
        }
    }

    private void work() {
        try (BlobWriter.Session session = writer.session()) {
            for (Chunk chunk = take(); chunk != null; chunk = take()) {
                BlobWriter.Saved saved = session.save(BlobType.DATA, chunk.bytes, 0, chunk.bytes.length);
                stored(chunk, saved);
            }
        } catch (InterruptedException | RuntimeException | Error e) {
            fail(e);
        }
    }

    private synchronized @Nullable Chunk take() throws InterruptedException {
        while (waiting.isEmpty() && !ended && failure == null) {
            wait();
        }
        Chunk chunk = failure == null ? waiting.poll() : null;
        notifyAll();
        return chunk;
    }

    private synchronized void stored(Chunk chunk, BlobWriter.Saved saved) {
        content.set(chunk.place, saved.id());
        if (saved.fresh()) {
            freshBytes += chunk.bytes.length;
            storedBytes += saved.storedBytes();
        }
    }

    private synchronized void fail(Throwable reason) {
        if (failure == null) {
            failure = reason;
        }
        notifyAll();
    }

    private synchronized void rethrow() {
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException("a worker was interrupted by somebody else", failure);
        }
    }
}
