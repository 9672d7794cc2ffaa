package dev.reprise.storage.s3;

import dev.reprise.base.RepriseException;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.bucket.BucketException;
import dev.reprise.storage.bucket.BucketException.Kind;
import java.io.IOException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/// [S3Failures] in the words of buckets: what is to be done is another thing where users keep their objects.
final class BucketFailures {
    private final S3Address address;
    private final S3Failures failures;

    BucketFailures(S3Address address, InstantSource clock) {
        this.address = address;
        this.failures = new S3Failures(address, clock);
    }

    /// The client, which may find no credentials.
    S3Client client(S3Connection connection) {
        try {
            return connection.client();
        } catch (StorageException e) {
            throw inWordsOfBuckets(e, e);
        }
    }

    /// @param what was tried, as in "could not …"
    RepriseException translate(String what, SdkException failure) {
        if (failure instanceof AwsServiceException answer) {
            String code = S3Failures.code(answer);
            if (code.equals("InvalidObjectState")) {
                return archived(what, answer);
            }
            if (code.equals("NoSuchBucket")) { // of its objects that says nothing
                return failed(Kind.OTHER, what, "there is no such bucket", "check the bucket's name", answer);
            }
            if (answer.statusCode() == 412) {
                return failed(Kind.CHANGED, what, "it is not what it was", "run it again", answer);
            }
            if (answer.statusCode() == 501 || code.equals("NotImplemented")) {
                return failed(Kind.UNSUPPORTED, what, "the server does not know this request", "", answer);
            }
        }
        RepriseException known = failures.translate(what, failure);
        return known instanceof StorageException storage ? inWordsOfBuckets(storage, failure) : known;
    }

    /// An answer to HEAD has no body that could say more than its status.
    RepriseException translateHead(String what, SdkException failure) {
        return failure instanceof AwsServiceException answer && answer.statusCode() == 404
                ? failed(Kind.NOT_FOUND, what, "there is no such object", "", answer)
                : translate(what, failure);
    }

    boolean isAbsence(RepriseException failure) {
        return failure instanceof BucketException known && known.kind() == Kind.NOT_FOUND;
    }

    private BucketException archived(String what, AwsServiceException answer) {
        String hint = "have it brought back first: aws s3api restore-object, then run it again when it is there";
        return failed(Kind.ARCHIVED, what, "it lies in an archive class", hint, answer);
    }

    private BucketException inWordsOfBuckets(StorageException failure, Exception cause) {
        Kind kind = switch (failure.kind()) {
            case NOT_FOUND -> Kind.NOT_FOUND;
            case DENIED -> Kind.DENIED;
            case FULL -> Kind.FULL;
            case THROTTLED -> Kind.THROTTLED;
            case UNREACHABLE -> Kind.UNREACHABLE;
            case ARCHIVED -> Kind.ARCHIVED;
            case RANGE_TOO_SHORT, OTHER -> Kind.OTHER;
        };
        String hint = switch (kind) {
            case NOT_FOUND -> "";
            case DENIED ->
                failure.hint().contains("clock") || failure.hint().contains("access key")
                        ? failure.hint()
                        : "to back it up these credentials need s3:ListBucket on the bucket, and s3:GetObject and"
                                + " s3:GetObjectTagging on " + address.key("*")
                                + "; to restore into it also s3:PutObject and s3:PutObjectTagging";
            case THROTTLED -> "lower its connections if it stays so";
            case CHANGED, ARCHIVED, UNSUPPORTED, FULL, UNREACHABLE, OTHER -> failure.hint();
        };
        return new BucketException(kind, failure.fact(), hint, cause);
    }

    BucketException unreachable(String what, IOException failure) {
        StorageException known = failures.unreachable(what, failure);
        return new BucketException(Kind.UNREACHABLE, known.fact(), known.hint(), failure);
    }

    BucketException failed(Kind kind, String what, String reason) {
        return failed(kind, what, reason, "", null);
    }

    private BucketException failed(Kind kind, String what, String reason, String hint, @Nullable Throwable cause) {
        String fact = "could not " + what + " at " + address.location() + ": " + reason;
        return new BucketException(kind, fact, hint, cause);
    }
}
