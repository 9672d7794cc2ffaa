package dev.reprise.base;

import org.jspecify.annotations.Nullable;

/// An expected failure: the fact with its values, what the operator can do about it, and the exit status.
///
/// Facts are written in lower case without a full stop; hints are imperative and name the next command or
/// setting. Bugs are not expected failures: they stay `IllegalStateException` and print a stack trace.
public abstract class RepriseException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String hint;
    private final ExitStatus exitStatus;

    protected RepriseException(ExitStatus exitStatus, String fact, String hint, @Nullable Throwable cause) {
        super(fact, cause);
        this.exitStatus = exitStatus;
        this.hint = hint;
    }

    /// What happened, with the values involved.
    public final String fact() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /// One imperative sentence; empty only where there is nothing to advise.
    public final String hint() {
        return hint;
    }

    public final ExitStatus exitStatus() {
        return exitStatus;
    }
}
