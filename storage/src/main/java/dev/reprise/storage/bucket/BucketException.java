package dev.reprise.storage.bucket;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import org.jspecify.annotations.Nullable;

/// A bucket could not do what was asked.
public final class BucketException extends RepriseException {
    private static final long serialVersionUID = 1;

    /// What went wrong, and whether the same request may succeed later.
    public enum Kind {
        /// The server said that there is no such object, or no such bucket.
        NOT_FOUND(false),
        /// The object is not, or no longer, what the request was made for.
        CHANGED(false),
        /// It lies in an archive class and must be brought back before it can be read.
        ARCHIVED(false),
        /// Refused for good: credentials, rights, locks.
        DENIED(false),
        /// The server does not know this request.
        UNSUPPORTED(false),
        /// No space or quota left.
        FULL(false),
        /// The server asked to come back later.
        THROTTLED(true),
        /// No answer, or one that says that the server is not well, or a body that ended early.
        UNREACHABLE(true),
        /// Anything else: not repeated.
        OTHER(false);

        private final boolean retryable;

        Kind(boolean retryable) {
            this.retryable = retryable;
        }
    }

    private final Kind kind;

    public BucketException(Kind kind, String fact, String hint, @Nullable Throwable cause) {
        super(ExitStatus.SOURCE_FAILED, fact, hint, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public boolean retryable() {
        return kind.retryable;
    }
}
