package dev.reprise.storage.s3;

import dev.reprise.base.CancelledException;
import dev.reprise.base.RepriseException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/// Says of an S3 failure what kind it is and what the operator can do. Absence is what a server said in S3's words,
/// never
/// a mere 404.
final class S3Failures {
    private static final Set<String> ABSENT = Set.of("NoSuchKey", "NoSuchBucket", "NoSuchVersion", "NoSuchUpload");
    private static final Set<String> FULL = Set.of(
            "QuotaExceeded",
            "StorageFull",
            "InsufficientCapacity",
            "XMinioStorageFull",
            "XMinioAdminBucketQuotaExceeded",
            "ServiceQuotaExceededException");
    private static final Set<String> BUSY = Set.of(
            "SlowDown",
            "SlowDownRead",
            "SlowDownWrite",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "RequestLimitExceeded",
            "OperationAborted",
            "ConditionalRequestConflict");
    /// What came was not what was sent: the way there damaged or cut it.
    private static final Set<String> DAMAGED_ON_THE_WAY =
            Set.of("RequestTimeout", "BadDigest", "IncompleteBody", "XAmzContentSHA256Mismatch");
    private static final Set<String> NOT_ALLOWED = Set.of(
            "AccessDenied",
            "ExpiredToken",
            "InvalidAccessKeyId",
            "InvalidToken",
            "SignatureDoesNotMatch",
            "TokenRefreshRequired",
            "RequestTimeTooSkewed");

    private final S3Address address;
    private final InstantSource clock;

    S3Failures(S3Address address, InstantSource clock) {
        this.address = address;
        this.clock = clock;
    }

    /// @param what was tried, as in "could not …"
    RepriseException translate(String what, SdkException failure) {
        if (failure instanceof AbortedException || Thread.currentThread().isInterrupted()) {
            return CancelledException.interrupted("trying to " + what + " at " + address.location());
        }
        return failure instanceof AwsServiceException answer ? answered(what, answer) : unanswered(what, failure);
    }

    private StorageException answered(String what, AwsServiceException answer) {
        String code = code(answer);
        Optional<String> region = header(answer, "x-amz-bucket-region");
        if (answer.statusCode() == 301 || answer.statusCode() == 307 || code.equals("AuthorizationHeaderMalformed")) {
            return elsewhere(what, answer, region);
        }
        if (code.equals("RequestTimeTooSkewed")) {
            return skewed(what, answer);
        }
        if (code.equals("InvalidObjectState")) {
            String hint = "add -o s3.enable-restore=true to have it brought back first; that may take hours";
            return failed(Kind.ARCHIVED, what, "it lies in an archive class", hint, answer);
        }
        Kind kind = kind(answer.statusCode(), code);
        return failed(kind, what, reason(answer, code), hint(kind, code), answer);
    }

    private static Kind kind(int status, String code) {
        if (ABSENT.contains(code)) {
            return Kind.NOT_FOUND;
        }
        if (FULL.contains(code) || status == 507) {
            return Kind.FULL;
        }
        if (BUSY.contains(code) || status == 429) {
            return Kind.THROTTLED;
        }
        if (DAMAGED_ON_THE_WAY.contains(code)) {
            return Kind.UNREACHABLE;
        }
        if (NOT_ALLOWED.contains(code) || status == 401 || status == 403) {
            return Kind.DENIED;
        }
        boolean passing = (status >= 500 && status != 501) || status == 408;
        return passing ? Kind.UNREACHABLE : Kind.OTHER;
    }

    /// Whether the answer says nothing about the request: the same one may be answered otherwise later.
    static boolean mayPass(AwsServiceException answer) {
        Kind kind = kind(answer.statusCode(), code(answer));
        return kind == Kind.UNREACHABLE || kind == Kind.THROTTLED;
    }

    /// Whether there was an answer, and it is none of S3's: an error page of what stands behind the server, as a rule.
    static boolean unreadable(SdkClientException failure) {
        return !(failure instanceof AbortedException) && network(failure) == null;
    }

    private String hint(Kind kind, String code) {
        return switch (kind) {
            case NOT_FOUND ->
                code.equals("NoSuchBucket")
                        ? "check the bucket's name, or make it with \"reprise restic init\""
                        : "run \"reprise restic check\" if it should be there";
            case DENIED ->
                code.equals("SignatureDoesNotMatch") || code.equals("InvalidAccessKeyId")
                        ? "check the access key and its secret"
                        : "give these credentials s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject"
                                + " and s3:DeleteObject on " + address.key("*");
            case FULL -> "make room there or raise the quota, and run it again";
            case THROTTLED -> "lower -o s3.connections if it stays so";
            case UNREACHABLE -> "check the network and the server, and try again";
            case RANGE_TOO_SHORT, ARCHIVED, OTHER -> "";
        };
    }

    private static String reason(AwsServiceException answer, String code) {
        AwsErrorDetails details = answer.awsErrorDetails();
        String message = details == null ? null : details.errorMessage();
        String said = message == null || message.isBlank() ? "" : " (" + oneLine(message) + ")";
        return "the server answered " + answer.statusCode() + (code.isEmpty() ? "" : " " + oneLine(code)) + said;
    }

    /// What a server says is not ours: no control characters, no novels.
    static String oneLine(String text) {
        String plain = text.strip().replaceAll("[\\p{Cntrl}]+", " ");
        return plain.length() <= 200 ? plain : plain.substring(0, 200) + "…";
    }

    private StorageException elsewhere(String what, AwsServiceException answer, Optional<String> region) {
        String reason = region.map(name -> "the bucket lies in the region " + oneLine(name))
                .orElseGet(() -> reason(answer, code(answer)));
        String hint = region.map(name -> "use -o s3.region=" + oneLine(name) + ", and the host of that region")
                .orElse("give the bucket's region with -o s3.region");
        return failed(Kind.OTHER, what, reason, hint, answer);
    }

    private StorageException skewed(String what, AwsServiceException answer) {
        String difference = header(answer, "Date")
                .flatMap(this::ahead)
                .map(ahead -> ": it is " + ahead.abs().toSeconds() + " s "
                        + (ahead.isNegative() ? "behind" : "ahead of") + " the server's")
                .orElse("");
        String hint = "set this machine's clock, as with chronyc makestep; locks depend on it as well";
        return failed(Kind.DENIED, what, "this machine's clock is wrong" + difference, hint, answer);
    }

    private Optional<Duration> ahead(String date) {
        try {
            ZonedDateTime server = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME);
            return Optional.of(Duration.between(server.toInstant(), clock.instant()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private RepriseException unanswered(String what, SdkException failure) {
        IOException network = network(failure);
        if (network instanceof UnknownHostException) {
            String hint = "check the host in the repository's URL, and the name server";
            return failed(Kind.UNREACHABLE, what, "no address for " + address.host(), hint, failure);
        }
        if (network instanceof SSLException && distrust(network)) {
            String hint = "give the server's authority with --cacert; never use --insecure-tls over a network";
            return failed(Kind.OTHER, what, "TLS failed: " + network.getMessage(), hint, failure);
        }
        if (network != null) {
            return unreachable(what, network);
        }
        return failed(Kind.OTHER, what, String.valueOf(failure.getMessage()), "", failure);
    }

    /// The connection broke or was silent.
    StorageException unreachable(String what, IOException failure) {
        String hint = "check the network and the server, and try again";
        return failed(Kind.UNREACHABLE, what, String.valueOf(failure.getMessage()), hint, failure);
    }

    StorageException tooShort(ObjectKey key, long offset, long length, String size, @Nullable Throwable cause) {
        String range = length < 0 ? "from " + offset + " on" : offset + " to " + (offset + length);
        String fact = key + " at " + address.location() + " has " + size + ", but bytes " + range + " were asked for";
        return new StorageException(Kind.RANGE_TOO_SHORT, fact, "run \"reprise restic check\"", cause);
    }

    StorageException failed(Kind kind, String what, String reason, String hint, @Nullable Throwable cause) {
        String fact = "could not " + what + " at " + address.location() + ": " + reason;
        return new StorageException(kind, fact, hint, cause);
    }

    /// S3's word for the error; empty if the answer had none.
    static String code(AwsServiceException answer) {
        AwsErrorDetails details = answer.awsErrorDetails();
        String code = details == null ? null : details.errorCode();
        return code == null ? "" : code;
    }

    private static Optional<String> header(AwsServiceException answer, String name) {
        AwsErrorDetails details = answer.awsErrorDetails();
        return details == null || details.sdkHttpResponse() == null
                ? Optional.empty()
                : details.sdkHttpResponse().firstMatchingHeader(name);
    }

    /// A certificate nobody vouches for stays so; a handshake that broke may succeed the next time.
    private static boolean distrust(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (cause instanceof GeneralSecurityException || cause instanceof SSLPeerUnverifiedException) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    private static @Nullable IOException network(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 10; depth++) {
            if (cause instanceof IOException found) {
                return found;
            }
            cause = cause.getCause();
        }
        return null;
    }
}
