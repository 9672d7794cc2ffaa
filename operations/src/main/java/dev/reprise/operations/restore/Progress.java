package dev.reprise.operations.restore;

import dev.reprise.base.Workers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// Counts what happens and tells the listener. Safe for many threads.
final class Progress {
    /// Failures kept in the result; the listener gets all of them.
    private static final int KEPT_FAILURES = 1000;

    private final RestoreListener listener;
    private final LongAdder items = new LongAdder();
    private final LongAdder skipped = new LongAdder();
    private final LongAdder deleted = new LongAdder();
    private final LongAdder verified = new LongAdder();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong files = new AtomicLong();
    private final List<RestoreEvent.Failed> failures = new ArrayList<>();
    private long failed;

    Progress(RestoreListener listener) {
        this.listener = listener;
    }

    void planned(long plannedItems, long plannedFiles, long plannedBytes, long packs) {
        listener.on(new RestoreEvent.Planned(plannedItems, plannedFiles, plannedBytes, packs));
    }

    /// Reports the first reason only: what follows from it is no news.
    ///
    /// @throws dev.reprise.base.CancelledException if this thread was interrupted: then the item did not
    /// fail
    void fail(Item item, String reason) {
        Workers.stopIfInterrupted("restoring");
        synchronized (item) {
            if (item.failed) {
                return;
            }
            item.failed = true;
        }
        fail(item.shown(), reason);
    }

    /// For something that never became an item.
    void fail(String path, String reason) {
        var failure = new RestoreEvent.Failed(path, reason);
        synchronized (failures) {
            failed++;
            if (failures.size() < KEPT_FAILURES) {
                failures.add(failure);
            }
        }
        listener.on(failure);
    }

    void warn(String fact) {
        listener.on(new RestoreEvent.Warning(fact));
    }

    void bytes(long more) {
        listener.on(new RestoreEvent.Progress(files.get(), bytes.addAndGet(more)));
    }

    void done(Item item) {
        if (item instanceof Item.RegularFile) {
            listener.on(new RestoreEvent.Progress(files.incrementAndGet(), bytes.get()));
        }
        switch (item.outcome) {
            case RESTORED, LINKED -> done(item, "restored");
            case UPDATED -> done(item, "updated");
            case UNCHANGED -> done(item, "unchanged");
            case SKIPPED -> skipped.increment();
        }
    }

    private void done(Item item, String action) {
        // Directories on the way to something selected are made, but nobody asked for them.
        if (item instanceof Item.Folder folder && !folder.selected) {
            return;
        }
        items.increment();
        listener.on(new RestoreEvent.ItemDone(item.shown(), action, item.size()));
    }

    void deleted(String path) {
        deleted.increment();
        listener.on(new RestoreEvent.ItemDone(path, "deleted", 0));
    }

    void verified() {
        verified.increment();
    }

    RestoreResult result() {
        synchronized (failures) {
            return new RestoreResult(
                    items.sum(),
                    skipped.sum(),
                    deleted.sum(),
                    bytes.get(),
                    failed,
                    verified.sum(),
                    List.copyOf(failures));
        }
    }
}
