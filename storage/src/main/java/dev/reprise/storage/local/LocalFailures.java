package dev.reprise.storage.local;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;

/// Says of a file system's failure what kind it is and what the operator can do.
final class LocalFailures {
    private final String location;

    LocalFailures(String location) {
        this.location = location;
    }

    /// @param what    what was tried, as in "could not …"
    /// @param written bytes the failed step was to write; 0 when it was none
    RepriseException translate(String what, IOException failure, long written) {
        if (failure instanceof ClosedByInterruptException) {
            return CancelledException.interrupted("trying to " + what + " at " + location);
        }
        Kind kind = kind(failure);
        String during = written > 0 ? " (" + written + " bytes)" : "";
        String fact = "could not " + what + during + " at " + location + ": " + reason(failure);
        return new StorageException(kind, fact, hint(kind), failure);
    }

    StorageException notAFile(ObjectKey key) {
        String fact = key + " at " + location + " is not a regular file";
        return new StorageException(Kind.OTHER, fact, "look at it and move it out of the repository", null);
    }

    StorageException tooShort(ObjectKey key, long offset, long length, long size) {
        String range = length < 0 ? "from " + offset + " on" : offset + " to " + (offset + length);
        String fact = key + " at " + location + " has " + size + " bytes, but bytes " + range + " were asked for";
        return new StorageException(Kind.RANGE_TOO_SHORT, fact, "run \"reprise check\"", null);
    }

    private static Kind kind(IOException failure) {
        return switch (failure) {
            case NoSuchFileException e -> Kind.NOT_FOUND;
            case AccessDeniedException e -> Kind.DENIED;
            default -> kind(reason(failure));
        };
    }

    /// Java keeps no error number, only the system's words for it.
    private static Kind kind(String reason) {
        return switch (reason.toLowerCase(Locale.ROOT)) {
            case "no space left on device", "disk quota exceeded" -> Kind.FULL;
            case "operation not permitted", "permission denied", "read-only file system" -> Kind.DENIED;
            case "stale file handle",
                    "transport endpoint is not connected",
                    "connection timed out",
                    "host is down",
                    "no route to host" -> Kind.UNREACHABLE;
            default -> Kind.OTHER;
        };
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case NoSuchFileException e -> "no such file or directory: " + e.getFile();
            case AccessDeniedException e -> "permission denied: " + e.getFile();
            case FileSystemException e when e.getReason() != null -> String.valueOf(e.getReason());
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static String hint(Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> "check that the disk is mounted and the path is right";
            case DENIED -> "run as the user who owns the repository, or give this one access";
            case FULL -> "free space there and run it again; nothing under a final name is incomplete";
            case UNREACHABLE -> "check the network file system and try again";
            case RANGE_TOO_SHORT, THROTTLED, ARCHIVED, OTHER -> "look into the system log for the disk's own messages";
        };
    }
}
