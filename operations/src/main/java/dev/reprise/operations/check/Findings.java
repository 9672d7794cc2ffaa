package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicLong;

/// Collects what is wrong and tells the listener. Safe for many threads.
final class Findings {
    private final CheckListener listener;
    private final AtomicLong defects = new AtomicLong();
    private final AtomicLong unanswered = new AtomicLong();
    private final Set<ObjectId> brokenPacks = new ConcurrentSkipListSet<>();
    private final Set<ObjectId> missingPacks = new ConcurrentSkipListSet<>();
    private volatile boolean needsIndexRepair;
    private volatile boolean needsPrune;

    Findings(CheckListener listener) {
        this.listener = listener;
    }

    /// @param fact one sentence naming the object
    void defect(String fact) {
        defects.incrementAndGet();
        listener.on(new CheckEvent.Defect(fact));
    }

    void brokenPack(ObjectId pack, String fact) {
        brokenPacks.add(pack);
        defect(fact);
    }

    /// The storage did not answer: nothing is known of what was to be read, good or bad.
    void unanswered(String fact) {
        unanswered.incrementAndGet();
        defect(fact);
    }

    void missingPack(ObjectId pack) {
        missingPacks.add(pack);
    }

    void affected(String path, String snapshot) {
        listener.on(new CheckEvent.Affected(path, snapshot));
    }

    void hint(String fact) {
        listener.on(new CheckEvent.Hint(fact));
    }

    void indexNeedsRepair() {
        needsIndexRepair = true;
    }

    /// A hint that the next prune makes obsolete.
    void untidy(String fact) {
        needsPrune = true;
        hint(fact);
    }

    void phase(String name, long of) {
        listener.on(new CheckEvent.Phase(name, of));
    }

    void progress(long done, long of, long bytes) {
        listener.on(new CheckEvent.Progress(done, of, bytes));
    }

    long defects() {
        return defects.get();
    }

    long unansweredReads() {
        return unanswered.get();
    }

    boolean isBroken(ObjectId pack) {
        return brokenPacks.contains(pack);
    }

    boolean anyBroken() {
        return !brokenPacks.isEmpty();
    }

    List<ObjectId> brokenPacks() {
        return List.copyOf(brokenPacks);
    }

    List<ObjectId> missingPacks() {
        return List.copyOf(missingPacks);
    }

    boolean needsIndexRepair() {
        return needsIndexRepair;
    }

    boolean needsPrune() {
        return needsPrune;
    }
}
