package dev.reprise.storage.rest;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.net.UnknownHostException;
import javax.net.ssl.SSLException;

/// Says of an answer or a failure of the network what kind it is and what the operator can do. Repeats nothing a server
/// wrote.
final class RestFailures {
    private final String location;

    RestFailures(String location) {
        this.location = location;
    }

    /// @param what that was tried, as in "could not …"
    StorageException answer(String what, Answer answer) {
        return answer(what, answer.status());
    }

    StorageException answer(String what, int status) {
        Kind kind = kind(status);
        String fact = "could not " + what + " at " + location + ": the server answered " + status + meaning(status);
        return new StorageException(kind, fact, hint(status, kind), null);
    }

    private static Kind kind(int status) {
        return switch (status) {
            case 404, 410 -> Kind.NOT_FOUND;
            case 401, 403, 407 -> Kind.DENIED;
            case 416 -> Kind.RANGE_TOO_SHORT;
            case 507 -> Kind.FULL;
            case 429, 503 -> Kind.THROTTLED;
            case 400, 408, 425 -> Kind.UNREACHABLE; // a body that was damaged or cut on its way
            case 501, 505 -> Kind.OTHER;
            default -> status >= 500 ? Kind.UNREACHABLE : Kind.OTHER;
        };
    }

    private static String meaning(int status) {
        return switch (status) {
            case 400 -> " (bad request)";
            case 401 -> " (user or password not accepted)";
            case 403 -> " (not allowed)";
            case 404 -> " (not there)";
            case 405 -> " (not possible)";
            case 413 -> " (too large)";
            case 416 -> " (beyond the end)";
            case 429, 503 -> " (too many requests)";
            case 507 -> " (no space or quota left)";
            default -> status >= 300 && status < 400 ? " (a redirection)" : "";
        };
    }

    private static String hint(int status, Kind kind) {
        if (status == 401) {
            return "check user and password, in the URL or RESTIC_REST_USERNAME and RESTIC_REST_PASSWORD";
        }
        if (status >= 300 && status < 400) {
            return "name the address itself in the repository's URL; redirections are not followed";
        }
        return switch (kind) {
            case NOT_FOUND -> "check the address; the path must be that of the repository";
            case DENIED -> "the server may allow adding only, or lock this user out; ask its administrator";
            case FULL -> "free space at the server, or have the quota raised";
            case RANGE_TOO_SHORT -> "run \"reprise check\"";
            case THROTTLED, UNREACHABLE -> "try again later, or look into the server's log";
            case ARCHIVED, OTHER -> "check that this is a server of restic's REST protocol";
        };
    }

    StorageException denied(String fact, String hint) {
        return new StorageException(Kind.DENIED, fact + " at " + location, hint, null);
    }

    StorageException tooShort(String what, long offset, long length, long size) {
        String range = length < 0 ? "from " + offset + " on" : offset + " to " + (offset + length);
        String has = size < 0 ? "is shorter" : "has " + size + " bytes";
        String fact = what + " at " + location + " " + has + ", but bytes " + range + " were asked for";
        return new StorageException(Kind.RANGE_TOO_SHORT, fact, "run \"reprise check\"", null);
    }

    StorageException malformed(String what, String how) {
        String fact = "could not " + what + " at " + location + ": the server's answer " + how;
        return new StorageException(Kind.UNREACHABLE, fact, "check that this is a server of restic's protocol", null);
    }

    /// A failure of the network, or of a reader on this side.
    RepriseException translate(String what, IOException failure) {
        if (failure instanceof Answer.NetworkException network) {
            return translate(what, network.reason());
        }
        if (Thread.currentThread().isInterrupted()) {
            return CancelledException.interrupted("trying to " + what + " at " + location);
        }
        String fact = "could not " + what + " at " + location + ": " + reason(failure);
        return switch (failure) {
            case SSLException e ->
                new StorageException(tls(e), fact, "trust the server with --cacert, or check the address", failure);
            case Sender.SourceException e ->
                new StorageException(Kind.OTHER, fact, "look at the folder for temporary files (TMPDIR)", failure);
            default ->
                new StorageException(
                        Kind.UNREACHABLE, fact, "check that the server runs and the address is right", failure);
        };
    }

    /// A reader's own failure, not the network's.
    StorageException ofReader(String what, IOException failure) {
        String fact = "could not " + what + " at " + location + ": " + failure.getMessage();
        return new StorageException(Kind.OTHER, fact, "look into the system log for the disk's own messages", failure);
    }

    /// Certificates do not change by waiting; a cut connection does.
    private static Kind tls(SSLException failure) {
        return failure.getCause() instanceof java.net.SocketException
                        || failure.getCause() instanceof java.io.EOFException
                ? Kind.UNREACHABLE
                : Kind.OTHER;
    }

    private static String reason(IOException failure) {
        return switch (failure) {
            case UnknownHostException e -> "the server's name is not known";
            case java.nio.channels.ClosedChannelException e -> "the connection was closed";
            default -> failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        };
    }
}
