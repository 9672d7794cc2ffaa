package dev.reprise.serve;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.RepriseException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/// The server cannot start.
public final class ServeException extends RepriseException {
    private static final long serialVersionUID = 1;

    ServeException(ExitStatus status, String fact, String hint, @Nullable Throwable cause) {
        super(status, fact, hint, cause);
    }

    /// A file system's failure in words.
    static String reason(IOException failure) {
        return switch (failure) {
            case NoSuchFileException e -> "it does not exist";
            case AccessDeniedException e -> "permission denied";
            default -> String.valueOf(failure.getMessage());
        };
    }
}
