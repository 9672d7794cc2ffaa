package dev.reprise.storage.azure;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.web.TokenRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import javax.net.ssl.SSLHandshakeException;

/// Says of a failure what kind it is and what the operator can do ("Status and error codes").
final class AzureFailures {
    /// How far off a request's date may be.
    private static final Duration TOLERANCE = Duration.ofMinutes(15);

    private static final Set<String> ABSENT = Set.of("BlobNotFound", "ContainerNotFound");
    private static final Set<String> ARCHIVED = Set.of("BlobArchived", "BlobBeingRehydrated");
    /// What the same request, sent again, may not meet: a body damaged on its way, blocks that another upload of the
    /// same blob has used up, a container that is about to vanish.
    private static final Set<String> PASSING =
            Set.of("Md5Mismatch", "InvalidBlockList", "ContainerBeingDeleted", "OperationTimedOut");
    /// Leases, policies and legal holds.
    private static final Set<String> HELD = Set.of(
            "BlobImmutableDueToPolicy",
            "BlobImmutableDueToLegalHold",
            "LeaseIdMissing",
            "LeaseIdMismatchWithBlobOperation",
            "BlobAlreadyExists",
            "ContainerDisabled",
            "SnapshotsPresent");

    private final AzureAddress address;
    private final Access access;
    private final InstantSource clock;

    AzureFailures(AzureAddress address, Access access, InstantSource clock) {
        this.address = address;
        this.access = access;
        this.clock = clock;
    }

    /// @param what as in "could not …"
    StorageException translate(String what, IOException failure) {
        Kind kind = switch (failure) {
            case AzureStatusException e -> kind(e);
            case TokenRefusedException _ -> Kind.DENIED;
            case SSLHandshakeException _ -> Kind.OTHER;
            default -> Kind.UNREACHABLE;
        };
        if (failure instanceof AzureStatusException answer && answer.code().equals("AuthenticationFailed")) {
            Duration ahead = ahead(answer);
            if (ahead.abs().compareTo(TOLERANCE) > 0) {
                return skewed(what, ahead, failure);
            }
        }
        String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        return new StorageException(kind, fact(what) + ": " + why, hint(kind, failure), failure);
    }

    private static Kind kind(AzureStatusException failure) {
        String code = failure.code();
        if (ABSENT.contains(code)) {
            return Kind.NOT_FOUND;
        }
        if (ARCHIVED.contains(code)) {
            return Kind.ARCHIVED;
        }
        if (PASSING.contains(code)) {
            return Kind.UNREACHABLE;
        }
        if (HELD.contains(code)) {
            return Kind.DENIED;
        }
        return switch (failure.status()) {
            case 401, 403 -> Kind.DENIED;
            case 408 -> Kind.UNREACHABLE;
            case 412 -> Kind.DENIED;
            case 416 -> Kind.RANGE_TOO_SHORT;
            case 429, 503 -> Kind.THROTTLED;
            case 501, 505 -> Kind.OTHER;
            default -> failure.status() >= 500 ? Kind.UNREACHABLE : Kind.OTHER;
        };
    }

    /// How far this machine's clock is ahead of the server's; zero if the server does not tell its time.
    private Duration ahead(AzureStatusException answer) {
        Instant server = ServerSide.moment(answer.date());
        return server == null ? Duration.ZERO : Duration.between(server, clock.instant());
    }

    private StorageException skewed(String what, Duration ahead, IOException failure) {
        String fact = fact(what) + ": this machine's clock is wrong: it is "
                + ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead of") + " the server's";
        String hint = "set this machine's clock, as with chronyc makestep; locks depend on it as well";
        return new StorageException(Kind.DENIED, fact, hint, failure);
    }

    private String hint(Kind kind, IOException failure) {
        if (failure instanceof TokenRefusedException) {
            return "set AZURE_ACCOUNT_KEY or AZURE_ACCOUNT_SAS, or run \"az login\"";
        }
        return switch (kind) {
            case NOT_FOUND -> "check the container's name, or make it with \"reprise restic init\"";
            case DENIED ->
                failure instanceof AzureStatusException e && HELD.contains(e.code())
                        ? "look at the blob's leases, snapshots and policies"
                        : access.hint(clock);
            case THROTTLED -> "use fewer connections: -o azure.connections=2";
            case UNREACHABLE -> "check the network and AZURE_ACCOUNT_NAME, and run it again";
            case ARCHIVED -> "bring it back first: az storage blob set-tier --tier Hot; that may take 15 hours";
            case FULL, RANGE_TOO_SHORT, OTHER -> "look at the service's words above";
        };
    }

    /// A reader's own failure says nothing about the place.
    StorageException ofReader(String what, IOException failure) {
        return new StorageException(Kind.OTHER, fact(what) + ": " + failure.getMessage(), "", failure);
    }

    private String fact(String what) {
        return "could not " + what + " at " + address.location();
    }

    StorageException tooShort(ObjectKey key, long offset, long length, long size) {
        String range = length < 0 ? "from " + offset + " on" : "" + length + " from " + offset + " on";
        String fact =
                key + " at " + address.location() + " has " + size + " bytes, but bytes " + range + " were asked for";
        return new StorageException(Kind.RANGE_TOO_SHORT, fact, "run \"reprise check\"", null);
    }

    StorageException absent(ObjectKey key) {
        return new StorageException(
                Kind.NOT_FOUND, "there is no " + key + " at " + address.location(), "run \"reprise check\"", null);
    }

    /// An upload was refused because the name is taken.
    ///
    /// @param there what lies there now; -1 if it is gone again
    StorageException existsOtherwise(ObjectKey key, long there, IOException refusal) {
        if (there < 0) {
            String fact = fact("store " + key) + ": it came and went meanwhile";
            return new StorageException(Kind.UNREACHABLE, fact, "run it again", refusal);
        }
        String fact = key + " at " + address.location() + " exists with another size, " + there + " bytes";
        return new StorageException(Kind.DENIED, fact, "run \"reprise check\"", refusal);
    }
}
