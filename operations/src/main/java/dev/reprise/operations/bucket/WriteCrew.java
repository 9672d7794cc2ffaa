package dev.reprise.operations.bucket;

import dev.reprise.base.CancelledException;
import dev.reprise.operations.restore.TreeReader;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;

/// Threads that write or read objects of a target, each with its own way into the repository. None outlives
/// [#close()].
final class WriteCrew implements AutoCloseable {
    private final Supplier<TreeReader> making;
    private final ExecutorService threads;
    private final ConcurrentLinkedQueue<TreeReader> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean ended;

    WriteCrew(int size, Supplier<TreeReader> making) {
        this.making = making;
        this.threads = Executors.newFixedThreadPool(
                size, Thread.ofPlatform().name("objects-", 1).factory());
    }

    <T> Future<T> submit(Function<TreeReader, T> work) {
        return threads.submit(() -> {
            if (ended) {
                throw new CancelledException("the restore was broken off");
            }
            TreeReader reused = idle.poll();
            TreeReader reader = reused == null ? making.get() : reused;
            try {
                return work.apply(reader);
            } finally {
                idle.add(reader);
            }
        });
    }

    /// What has begun is broken off: nothing is visible of an object that is not whole.
    @Override
    public void close() {
        ended = true;
        threads.shutdownNow();
        threads.close();
        idle.forEach(TreeReader::close);
    }
}
