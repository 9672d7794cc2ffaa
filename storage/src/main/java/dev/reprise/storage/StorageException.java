package dev.reprise.storage;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import org.jspecify.annotations.Nullable;

/// A place could not do what was asked.
public final class StorageException extends RepriseException {
    private static final long serialVersionUID = 1;

    /// What went wrong, and whether the same call may succeed later.
    public enum Kind {
        NOT_FOUND(false),
        DENIED(false),
        RANGE_TOO_SHORT(false),
        /// No space or quota left.
        FULL(false),
        THROTTLED(true),
        UNREACHABLE(true),
        /// Anything nobody has classified: not retried until someone decides so.
        OTHER(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }
    }

    private final Kind kind;

    public StorageException(Kind kind, String fact, String hint, @Nullable Throwable cause) {
        super(ExitStatus.FAILED, fact, hint, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public boolean retryable() {
        return kind.retryable;
    }
}
