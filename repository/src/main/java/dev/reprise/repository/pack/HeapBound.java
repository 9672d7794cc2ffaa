package dev.reprise.repository.pack;

import java.util.function.LongSupplier;

/// Has the heap collected when what it holds has doubled since the last time. The serial collector lets its old
/// generation grow up
/// to the limit of the heap before it looks there, and what a run knows of a blob until an index file names it becomes
/// garbage there: gigabytes for some million blobs. For many threads.
final class HeapBound {
    /// Below, a collection costs more than it brings.
    private static final long FREE_TO_GROW = 256L << 20;

    private final LongSupplier used;
    private final Runnable collection;
    private long bound = FREE_TO_GROW;

    HeapBound() {
        this(() -> Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory(), System::gc);
    }

    /// @param used       bytes of the heap that hold objects, or what was objects
    /// @param collection returns when it is done
    HeapBound(LongSupplier used, Runnable collection) {
        this.used = used;
        this.collection = collection;
    }

    /// Called when much has become garbage.
    synchronized void hold() {
        if (used.getAsLong() > bound) {
            collection.run();
            bound = Math.max(FREE_TO_GROW, 2 * used.getAsLong());
        }
    }
}
