package dev.reprise.operations.prune;

import dev.reprise.base.ByteSize;
import java.nio.file.Path;
import java.time.Duration;

/// How far a prune goes.
///
/// @param maxUnused          how many bytes nobody needs may stay in packs that are partly used
/// @param maxRepackBytes     packs whose sizes add up to this are not repacked; 0 repacks none
/// @param smallPackBytes     packs below this are small; 0 lets the sizes of all packs decide
/// @param cacheableOnly      repacks only packs that hold trees
/// @param repackUncompressed repacks every pack that holds uncompressed blobs
/// @param recoverSpace       deletes before it writes, for a place that is full; unsafe
/// @param twoPhase           what nobody needs is only marked for deletion, and deleted by a later prune: a
///                           writer that takes no locks loses nothing (repository format, section 13)
/// @param markAge            packs that are marked for deletion, by whatever program, are deleted when the
///                           mark is this old; zero deletes them all, whatever time the marks tell
/// @param keepCold           repacks no pack of a class other than the standard one; without it
///                           those that lie in an archive are left alone all the same, since they
/// cannot be read
/// @param memory             bound for what is held of blobs
/// @param temporary          directory for what does not fit
public record PruneOptions(
        MaxUnused maxUnused,
        long maxRepackBytes,
        long smallPackBytes,
        boolean cacheableOnly,
        boolean repackUncompressed,
        boolean recoverSpace,
        boolean twoPhase,
        Duration markAge,
        boolean keepCold,
        ByteSize memory,
        Path temporary) {
    /// What rustic waits.
    public static final Duration DEFAULT_MARK_AGE = Duration.ofHours(23);

    public static final ByteSize DEFAULT_MEMORY = ByteSize.ofMebibytes(128);

    public PruneOptions {
        if (recoverSpace && twoPhase) {
            throw new IllegalArgumentException("space is not recovered by marking what could be deleted");
        }
    }

    /// restic's defaults.
    public static PruneOptions standard(Path temporary) {
        return new PruneOptions(
                new MaxUnused.Percent(5),
                Long.MAX_VALUE,
                0,
                false,
                false,
                false,
                false,
                DEFAULT_MARK_AGE,
                false,
                DEFAULT_MEMORY,
                temporary);
    }

    /// As [#standard], but what nobody needs is only marked, and deleted by a prune `grace` later or more: for
    /// places where something may write that takes no locks.
    public static PruneOptions graceful(Path temporary, Duration grace) {
        return standard(temporary).withTwoPhases(grace);
    }

    private PruneOptions withTwoPhases(Duration grace) {
        return new PruneOptions(
                maxUnused,
                maxRepackBytes,
                smallPackBytes,
                cacheableOnly,
                repackUncompressed,
                recoverSpace,
                true,
                grace,
                keepCold,
                memory,
                temporary);
    }

    public PruneOptions withMaxUnused(MaxUnused limit) {
        return new PruneOptions(
                limit,
                maxRepackBytes,
                smallPackBytes,
                cacheableOnly,
                repackUncompressed,
                recoverSpace,
                twoPhase,
                markAge,
                keepCold,
                memory,
                temporary);
    }

    /// The same, with packs of cold classes left as they are or not.
    public PruneOptions withColdKept(boolean kept) {
        return new PruneOptions(
                maxUnused,
                maxRepackBytes,
                smallPackBytes,
                cacheableOnly,
                repackUncompressed,
                recoverSpace,
                twoPhase,
                markAge,
                kept,
                memory,
                temporary);
    }

    /// Unused bytes that may stay.
    public sealed interface MaxUnused {
        /// @param used bytes in use
        long bytes(long used);

        record Unlimited() implements MaxUnused {
            @Override
            public long bytes(long used) {
                return Long.MAX_VALUE;
            }
        }

        /// @param share of what the repository holds afterwards, 0 to below 100
        record Percent(double share) implements MaxUnused {
            public Percent {
                if (!(share >= 0 && share < 100)) {
                    throw new IllegalArgumentException("a share of unused data must be 0 to below 100, was " + share);
                }
            }

            @Override
            public long bytes(long used) {
                return (long) (share / (100 - share) * used);
            }
        }

        record Bytes(long limit) implements MaxUnused {
            @Override
            public long bytes(long used) {
                return limit;
            }
        }
    }
}
