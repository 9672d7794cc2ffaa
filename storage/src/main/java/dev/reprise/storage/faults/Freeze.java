package dev.reprise.storage.faults;

import dev.reprise.base.CancelledException;
import java.util.concurrent.CountDownLatch;

/// Holds operations until it is lifted. Healing or closing the storage lifts it too.
public final class Freeze {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch thawed = new CountDownLatch(1);

    Freeze() {}

    void reached() {
        reached.countDown();
        await(thawed);
    }

    /// Waits until an operation is held.
    public void awaitReached() {
        await(reached);
    }

    /// Lets everything held go on, and holds nothing any more.
    public void thaw() {
        thawed.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("frozen on purpose");
        }
    }
}
