package dev.reprise.embedded;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import org.jspecify.annotations.Nullable;

/// A server could not be started or stopped, or a program it needs is not to be had.
public final class EmbeddedException extends RepriseException {
    private static final long serialVersionUID = 1;

    EmbeddedException(ExitStatus status, String fact, String hint, @Nullable Throwable cause) {
        super(status, fact, hint, cause);
    }

    EmbeddedException(String fact, String hint, @Nullable Throwable cause) {
        this(ExitStatus.FAILED, fact, hint, cause);
    }
}
