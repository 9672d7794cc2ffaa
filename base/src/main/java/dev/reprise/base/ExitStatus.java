package dev.reprise.base;

/// How a command ends. Numbers up to 19 and 130 are restic's; our own start at 20.
public enum ExitStatus {
    OK(0),
    /// Any failure without a number of its own.
    FAILED(1),
    /// The point was saved, but some source data could not be read or an optional source failed.
    INCOMPLETE(3),
    NO_REPOSITORY(10),
    LOCKED(11),
    WRONG_PASSWORD(12),
    /// The configuration or the command line is wrong; nothing was started.
    BAD_CONFIGURATION(20),
    /// A required source could not be captured; no recovery point was written.
    SOURCE_FAILED(21),
    /// The target of a restore already holds data, or may not be touched.
    TARGET_REFUSED(22),
    /// What was restored or checked differs from what was recorded.
    DIFFERS(23),
    /// A program or package this command needs is not on the machine.
    MISSING_PROGRAM(24),
    /// What is needed lies in an archive class and has to be brought back first; nothing was
    /// changed.
    ARCHIVED(25),
    /// Backups could be deleted, changed or given up sooner than was asked for.
    NOT_IMMUTABLE(26),
    /// This place keeps nothing against those who may write there, whatever is asked of it.
    NEVER_IMMUTABLE(27),
    CANCELLED(130);

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
