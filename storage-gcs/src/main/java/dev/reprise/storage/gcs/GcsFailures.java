package dev.reprise.storage.gcs;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.web.TokenRefusedException;
import java.io.IOException;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;

/// Says of a failure what kind it is and what the operator can do.
final class GcsFailures {
    private static final Set<String> TOO_FAST =
            Set.of("rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "SlowDown");

    private final GcsAddress address;

    GcsFailures(GcsAddress address) {
        this.address = address;
    }

    /// @param what as in "could not …"
    StorageException translate(String what, IOException failure) {
        Kind kind = switch (failure) {
            case GcsStatusException e -> kind(e);
            case TokenRefusedException e -> Kind.DENIED;
            case SSLHandshakeException e -> Kind.OTHER;
            default -> Kind.UNREACHABLE;
        };
        String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return new StorageException(kind, fact(what) + ": " + why, hint(kind, failure), failure);
    }

    /// A reader's own failure says nothing about the place.
    StorageException ofReader(String what, IOException failure) {
        return new StorageException(Kind.OTHER, fact(what) + ": " + failure.getMessage(), "", failure);
    }

    private String fact(String what) {
        return "could not " + what + " at " + address.location();
    }

    private static Kind kind(GcsStatusException failure) {
        return switch (failure.status()) {
            case 401 -> Kind.DENIED;
            case 403 -> TOO_FAST.contains(failure.reason()) ? Kind.THROTTLED : Kind.DENIED;
            case 404 -> Kind.NOT_FOUND;
            case 416 -> Kind.RANGE_TOO_SHORT;
            case 429 -> Kind.THROTTLED;
            case 408 -> Kind.UNREACHABLE;
            default -> failure.status() >= 500 ? Kind.UNREACHABLE : Kind.OTHER;
        };
    }

    StorageException tooShort(ObjectKey key, long offset, long length, long size) {
        String range = length < 0 ? "from " + offset + " on" : "" + length + " from " + offset + " on";
        String fact =
                key + " at " + address.location() + " has " + size + " bytes, but bytes " + range + " were asked for";
        return new StorageException(Kind.RANGE_TOO_SHORT, fact, "run \"reprise check\"", null);
    }

    StorageException existsOtherwise(ObjectKey key, long size) {
        String fact = key + " at " + address.location() + " exists with another size, " + size + " bytes";
        return new StorageException(Kind.DENIED, fact, "run \"reprise check\"", null);
    }

    private static String hint(Kind kind, IOException failure) {
        if (failure instanceof TokenRefusedException) {
            return "set GOOGLE_APPLICATION_CREDENTIALS to a service account's JSON file, or run"
                    + " \"gcloud auth application-default login\"";
        }
        return switch (kind) {
            case NOT_FOUND -> "check the bucket's name";
            case DENIED -> "give the account the role Storage Object Admin on the bucket";
            case THROTTLED -> "use fewer connections: -o gs.connections=2";
            case UNREACHABLE -> "check the network, and run it again";
            case FULL, RANGE_TOO_SHORT, ARCHIVED, OTHER -> "look at the service's words above";
        };
    }
}
