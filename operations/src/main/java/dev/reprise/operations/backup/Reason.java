package dev.reprise.operations.backup;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/// The part of an exception that is news beside the path it is printed with.
final class Reason {
    private Reason() {}

    static String of(IOException e) {
        String reason = e instanceof FileSystemException failure ? failure.getReason() : e.getMessage();
        if (reason != null && !reason.isEmpty()) {
            return reason;
        }
        return switch (e) {
            case NoSuchFileException _ -> "no such file or directory";
            case AccessDeniedException _ -> "access denied";
            default -> e.toString();
        };
    }
}
