package dev.reprise.operations.immutability;

import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.Promise;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an examination of a repository's place came to.
///
/// @param location for people, without credentials
/// @param way      how objects are kept there
/// @param promise  what is asked of the place for every upload; null for nothing
/// @param attacks  on an object of ours
/// @param looked   real objects whose retention was asked for; only where [Way#OBJECT_LOCK]
public record ImmutabilityFinding(
        String location, Way way, @Nullable Promise promise, AttackVerdict attacks, Looked looked) {
    /// How a place keeps objects.
    public enum Way {
        /// S3's Object Lock.
        OBJECT_LOCK,
        /// A server that lets objects only be added.
        APPEND_ONLY,
        /// Not at all.
        NONE
    }

    /// The sentence.
    public enum Verdict {
        /// Every attempt was refused or had no effect on what is kept, and the real objects
        /// looked at are kept too.
        IMMUTABLE,
        /// The place promised to keep an object and gave way.
        LIES,
        /// An attempt succeeded, against no promise.
        OPEN,
        /// The place keeps what it is told to keep, but real objects are not.
        UNLOCKED,
        /// The place can keep nothing.
        NEVER
    }

    /// Real objects: their retention was asked for, nothing else.
    ///
    /// @param objects  how many
    /// @param unlocked how many of them are not kept now
    /// @param examples paths of some of those
    /// @param earliest end of retention of those that are kept; null if none is
    public record Looked(
            int objects,
            int unlocked,
            List<String> examples,
            @Nullable Instant earliest) {
        static final Looked NOTHING = new Looked(0, 0, List.of(), null);

        public Looked {
            examples = List.copyOf(examples);
        }
    }

    public Verdict verdict() {
        return switch (attacks.answer()) {
            case LIES -> Verdict.LIES;
            case OPEN -> Verdict.OPEN;
            case UNSUPPORTED -> Verdict.NEVER;
            case KEPT -> looked.unlocked() > 0 ? Verdict.UNLOCKED : Verdict.IMMUTABLE;
        };
    }
}
