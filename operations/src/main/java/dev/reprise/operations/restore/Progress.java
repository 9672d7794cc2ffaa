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
    private final LongAdder restoredNodes = new LongAdder();
    private final LongAdder writtenBytes = new LongAdder();
    private final LongAdder skippedNodes = new LongAdder();
    private final LongAdder skippedBytes = new LongAdder();
    private volatile long totalNodes;
    private volatile long totalBytes;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong files = new AtomicLong();
    private final List<RestoreEvent.Failed> failures = new ArrayList<>();
    private long failed;

    Progress(RestoreListener listener) {
        this.listener = listener;
    }

    /// Every file's outcome is decided.
    void planned(RestorePlan plan, long packs) {
        long nodes = plan.folders().stream()
                .filter(folder -> folder.selected && !folder.isRoot())
                .count();
        long content = 0;
        for (Item.RegularFile file : plan.files()) {
            boolean written = file.outcome == Item.Outcome.RESTORED || file.outcome == Item.Outcome.UPDATED;
            nodes += written || file.isLink() || file.isFurtherName() ? 1 : 0;
            content += written ? file.size() : 0;
        }
        totalNodes = nodes + plan.others().size();
        totalBytes = content;
        listener.on(new RestoreEvent.Planned(plan.items(), plan.files().size(), plan.bytes(), packs));
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

    /// Content of a file that is restored or updated is as it should be.
    void written(long more) {
        writtenBytes.add(more);
        bytes(more);
    }

    void bytes(long more) {
        listener.on(new RestoreEvent.Progress(files.get(), bytes.addAndGet(more)));
    }

    void done(Item item) {
        if (item instanceof Item.RegularFile) {
            listener.on(new RestoreEvent.Progress(files.incrementAndGet(), bytes.get()));
        }
        count(item);
        // Directories on the way to something selected are made, but nobody asked for them.
        if (!(item instanceof Item.Folder folder) || folder.selected) {
            (isSkipped(item) ? skipped : items).increment();
        }
        boolean link = item instanceof Item.RegularFile file && file.isLink();
        boolean again = item instanceof Item.RegularFile file && file.isFurtherName() && isSkipped(item);
        listener.on(new RestoreEvent.ItemDone(
                item.shown(), link ? "restored" : action(item), link || again ? 0 : item.size()));
    }

    private static String action(Item item) {
        return switch (item.outcome) {
            case RESTORED, LINKED -> "restored";
            case UPDATED -> item instanceof Item.RegularFile ? "updated" : "restored";
            case UNCHANGED -> "unchanged";
            case SKIPPED -> "skipped";
        };
    }

    private static boolean isSkipped(Item item) {
        return item.outcome == Item.Outcome.SKIPPED;
    }

    private void count(Item item) {
        boolean link = item instanceof Item.RegularFile file && file.isLink();
        boolean leftAlone = isSkipped(item) || (item.outcome == Item.Outcome.UNCHANGED && !link);
        (leftAlone ? skippedNodes : restoredNodes).increment();
        if (leftAlone && item instanceof Item.RegularFile file && !file.isFurtherName()) {
            skippedBytes.add(file.size());
        }
    }

    RestoreCounts counts() {
        return new RestoreCounts(
                totalNodes,
                restoredNodes.sum(),
                skippedNodes.sum(),
                deleted.sum(),
                totalBytes,
                writtenBytes.sum(),
                skippedBytes.sum());
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
