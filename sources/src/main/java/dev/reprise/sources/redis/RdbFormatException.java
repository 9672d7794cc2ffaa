package dev.reprise.sources.redis;

import java.io.IOException;

/// Bytes that are no whole RDB, or hold something this program does not know.
final class RdbFormatException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean unknown;

    private RdbFormatException(String message, boolean unknown) {
        super(message);
        this.unknown = unknown;
    }

    static RdbFormatException damaged(String what) {
        return new RdbFormatException("the RDB is damaged: " + what, false);
    }

    /// A type or opcode of a version newer than this program.
    static RdbFormatException unknown(String what) {
        return new RdbFormatException(what + " is not known", true);
    }

    /// Whether the RDB may be sound all the same.
    boolean isUnknown() {
        return unknown;
    }
}
