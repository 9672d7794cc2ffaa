package dev.reprise.operations;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import org.jspecify.annotations.Nullable;

/// A verb could not do what was asked, for a reason that is neither the repository's nor the source's alone.
public final class OperationException extends RepriseException {
    private static final long serialVersionUID = 1;

    public OperationException(ExitStatus status, String fact, String hint, @Nullable Throwable cause) {
        super(status, fact, hint, cause);
    }
}
