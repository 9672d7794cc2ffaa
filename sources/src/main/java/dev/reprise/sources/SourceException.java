package dev.reprise.sources;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import org.jspecify.annotations.Nullable;

/// A source could not be read or put back. The fact names the source as the operator configured it.
public final class SourceException extends RepriseException {
    private static final long serialVersionUID = 1;

    public SourceException(String fact, String hint, @Nullable Throwable cause) {
        this(ExitStatus.SOURCE_FAILED, fact, hint, cause);
    }

    public SourceException(ExitStatus status, String fact, String hint, @Nullable Throwable cause) {
        super(status, fact, hint, cause);
    }
}
