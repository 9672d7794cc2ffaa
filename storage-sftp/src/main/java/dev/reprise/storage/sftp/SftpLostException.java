package dev.reprise.storage.sftp;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The connection ended with requests unanswered: whether they were carried out is not known.
final class SftpLostException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean silent;

    SftpLostException(String why, @Nullable Throwable cause) {
        super(why, cause);
        silent = cause instanceof SftpLostException before && before.silent;
    }

    /// For a connection that stands, but carries nothing.
    SftpLostException(String why) {
        super(why);
        silent = true;
    }

    boolean isSilent() {
        return silent;
    }
}
