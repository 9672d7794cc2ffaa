package dev.reprise.operations.backup;

import dev.reprise.repository.tree.Node;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Counts what a run did. Safe for many threads.
final class Tally {
    /// What became of an item since the parent snapshot.
    enum Change {
        NEW("new"),
        CHANGED("modified"),
        UNMODIFIED("unchanged");

        private final String action;

        Change(String action) {
            this.action = action;
        }

        /// The word events have for it.
        String action() {
            return action;
        }
    }

    private final Group files = new Group();
    private final Group directories = new Group();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder unreadable = new LongAdder();

    /// @param reused whether the content was taken over unread, which always counts as unmodified
    Change file(@Nullable Node old, Node now, boolean reused) {
        bytes.add(now.size());
        return files.count(reused ? Change.UNMODIFIED : change(old, now));
    }

    Change directory(@Nullable Node old, Node now) {
        return directories.count(change(old, now));
    }

    void unreadable() {
        unreadable.increment();
    }

    long unreadableItems() {
        return unreadable.sum();
    }

    long files() {
        return files.sum();
    }

    SavedTree.Counts counts() {
        return new SavedTree.Counts(
                files.fresh.sum(),
                files.changed.sum(),
                files.unmodified.sum(),
                directories.fresh.sum(),
                directories.changed.sum(),
                directories.unmodified.sum(),
                files.sum(),
                bytes.sum());
    }

    private static Change change(@Nullable Node old, Node now) {
        if (old == null) {
            return Change.NEW;
        }
        return ChangeRule.same(old, now) ? Change.UNMODIFIED : Change.CHANGED;
    }

    private static final class Group {
        private final LongAdder fresh = new LongAdder();
        private final LongAdder changed = new LongAdder();
        private final LongAdder unmodified = new LongAdder();

        Change count(Change change) {
            LongAdder adder = switch (change) {
                case NEW -> fresh;
                case CHANGED -> changed;
                case UNMODIFIED -> unmodified;
            };
            adder.increment();
            return change;
        }

        long sum() {
            return fresh.sum() + changed.sum() + unmodified.sum();
        }
    }
}
