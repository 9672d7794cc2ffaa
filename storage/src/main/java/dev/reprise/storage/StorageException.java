package dev.reprise.storage;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import org.jspecify.annotations.Nullable;

/// A place could not do what was asked.
public final class StorageException extends RepriseException {
    private static final long serialVersionUID = 1;

    /// What went wrong, and whether the same call may succeed later.
    public enum Kind {
        /// The place said that there is no such object, or that it does not exist itself.
        NOT_FOUND(false),
        /// Refused for good: credentials, rights, append-only mode, locks, an existing object of
        /// another size.
        DENIED(false),
        /// The object ends before the range that was asked for.
        RANGE_TOO_SHORT(false),
        /// No space or quota left.
        FULL(false),
        /// The server asked to come back later (429, 503 with "slow down").
        THROTTLED(true),
        /// No answer, or one that says that the server is not well: connection, time-out, 5xx, a
        /// body that ended early.
        UNREACHABLE(true),
        /// The object is there, in an archive it has to be brought back from first
        /// ([StorageClasses][dev.reprise.storage.classes.StorageClasses]).
        ARCHIVED(false),
        /// Anything nobody has classified: not retried until someone decides so.
        OTHER(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }
    }

    private final Kind kind;

    public StorageException(Kind kind, String fact, String hint, @Nullable Throwable cause) {
        super(kind == Kind.ARCHIVED ? ExitStatus.ARCHIVED : ExitStatus.FAILED, fact, hint, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public boolean retryable() {
        return kind.retryable;
    }
}
