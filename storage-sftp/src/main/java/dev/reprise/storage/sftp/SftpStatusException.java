package dev.reprise.storage.sftp;

import java.io.IOException;

/// The server answered, and the answer was no.
final class SftpStatusException extends IOException {
    static final int OK = 0;
    static final int EOF = 1;
    static final int NO_SUCH_FILE = 2;
    static final int PERMISSION_DENIED = 3;
    static final int FAILURE = 4;
    static final int NO_CONNECTION = 6;
    static final int CONNECTION_LOST = 7;
    static final int UNSUPPORTED = 8;
    // Numbers of later versions, which some servers use although version 3 was agreed on.
    static final int NO_SUCH_PATH = 10;
    static final int WRITE_PROTECT = 12;
    static final int NO_SPACE = 14;
    static final int QUOTA_EXCEEDED = 15;

    private static final long serialVersionUID = 1;
    private final int code;

    /// @param words of the server, printable; may be empty
    SftpStatusException(int code, String words) {
        super(words.isEmpty() ? name(code) : words);
        this.code = code;
    }

    int code() {
        return code;
    }

    boolean isMissing() {
        return code == NO_SUCH_FILE || code == NO_SUCH_PATH;
    }

    private static String name(int code) {
        return switch (code) {
            case EOF -> "end of file";
            case NO_SUCH_FILE, NO_SUCH_PATH -> "no such file";
            case PERMISSION_DENIED -> "permission denied";
            case UNSUPPORTED -> "not supported by the server";
            default -> "failure, status " + code;
        };
    }
}
