package dev.reprise.cli.restic;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;

/// A verb cannot go on; the text stands behind restic's word `Fatal:`.
public final class FatalException extends RepriseException {
    private static final long serialVersionUID = 1;

    /// Exit status 1.
    ///
    /// @param fact in restic's words where scripts may look for them
    public FatalException(String fact) {
        this(ExitStatus.FAILED, fact);
    }

    public FatalException(ExitStatus status, String fact) {
        super(status, fact, "", null);
    }
}
