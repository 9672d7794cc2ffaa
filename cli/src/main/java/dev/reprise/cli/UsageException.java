package dev.reprise.cli;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import org.jspecify.annotations.Nullable;

/// The command line is wrong; nothing was started.
public final class UsageException extends RepriseException {
    private static final long serialVersionUID = 1;

    public UsageException(String fact, String hint) {
        this(fact, hint, null);
    }

    public UsageException(String fact, String hint, @Nullable Throwable cause) {
        super(ExitStatus.BAD_CONFIGURATION, fact, hint, cause);
    }
}
