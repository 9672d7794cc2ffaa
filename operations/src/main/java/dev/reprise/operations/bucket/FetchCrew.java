package dev.reprise.operations.bucket;

import dev.reprise.base.CancelledException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Threads that read objects. None outlives [#close()].
final class FetchCrew implements AutoCloseable {
    private final Function<FetchCrew, ObjectChunks> making;
    private final ExecutorService threads;
    private final ConcurrentLinkedQueue<ObjectChunks> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    /// @param making called in a thread that has none to use again
    FetchCrew(int size, Function<FetchCrew, ObjectChunks> making) {
        this.making = making;
        this.threads = Executors.newFixedThreadPool(
                size, Thread.ofPlatform().name("bucket-", 1).factory());
    }

    boolean isEnded() {
        return ended;
    }

    <T extends @Nullable Object> Future<T> submit(Function<ObjectChunks, T> work) {
        return threads.submit(() -> {
            if (ended) {
                throw new CancelledException("the run was broken off");
            }
            ObjectChunks reused = idle.poll();
            ObjectChunks chunks = reused == null ? making.apply(this) : reused;
            try {
                return work.apply(chunks);
            } finally {
                idle.add(chunks);
            }
        });
    }

    /// What the work threw comes out as it was.
    ///
    /// @throws CancelledException if the calling thread is interrupted
    static <T extends @Nullable Object> T await(Future<T> work) {
        try {
            return work.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CancelledException.interrupted("reading a bucket");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException reason -> throw reason;
                case Error reason -> throw reason;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }

    /// Breaks off what is still going on and waits for it. Threads are interrupted only if this one was, when the run
    /// itself is cancelled: an interrupt while a chunk is stored fails the writer, which other sources share.
    @Override
    public void close() {
        ended = true;
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            threads.shutdownNow();
        } else {
            threads.shutdown();
        }
        threads.close();
        idle.forEach(ObjectChunks::close);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
