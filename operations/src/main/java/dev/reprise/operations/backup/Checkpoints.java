package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import java.time.Duration;

/// When a run writes down what it has finished so far, and who remembers where.
///
/// @param every       after this much time …
/// @param bytes       … or after this much was read, whichever comes first
/// @param destination is given each checkpoint when everything it needs is durable; called from a thread of the run
public record Checkpoints(Duration every, long bytes, Destination destination) {
    /// How often, if nobody asks otherwise.
    public static final Duration EVERY = Duration.ofMinutes(5);
    private static final long BYTES = 10L << 30;

    /// As above, after 10 GiB.
    public Checkpoints(Duration every, Destination destination) {
        this(every, BYTES, destination);
    }

    /// Where checkpoints go.
    @FunctionalInterface
    public interface Destination {
        /// @param tree   root tree of what is finished
        /// @param counts of the run so far
        void take(ObjectId tree, SavedTree.Counts counts);
    }
}
