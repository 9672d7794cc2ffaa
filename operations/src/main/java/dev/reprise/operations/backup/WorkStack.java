package dev.reprise.operations.backup;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// What is to be done, last in first out: what was begun is finished before more is begun, so that only the
/// directories along a few paths are unfinished at a time. Safe for many threads.
final class WorkStack {
    private final ArrayDeque<Work> works = new ArrayDeque<>();
    private boolean ended;

    synchronized void push(Work work) {
        works.push(work);
        notify();
    }

    /// Waits while there is nothing to do but others may still push.
    ///
    /// @return null after [#end()]
    synchronized @Nullable Work take() throws InterruptedException {
        while (works.isEmpty() && !ended) {
            wait();
        }
        return ended ? null : works.pop();
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /// Lets every waiting thread go; what is still there is dropped.
    synchronized void end() {
        ended = true;
        works.clear();
        notifyAll();
    }
}
