package dev.reprise.storage.s3;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.ObjectLockVerdict;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/// Object Lock of a bucket.
final class S3Immutability implements Immutability {
    private final S3Address address;
    private final S3Options options;
    private final S3Connection connection;
    private final S3Failures failures;
    private final CreateOnlyProbe createOnly;
    private final ObjectLockProbe objectLock;

    S3Immutability(
            S3Address address,
            S3Options options,
            S3Connection connection,
            S3Failures failures,
            CreateOnlyProbe createOnly,
            ObjectLockProbe objectLock) {
        this.address = address;
        this.options = options;
        this.connection = connection;
        this.failures = failures;
        this.createOnly = createOnly;
        this.objectLock = objectLock;
    }

    @Override
    public void retainUntil(ObjectKey key, Instant until) {
        HeadObjectResponse now = look(key);
        Instant kept = now.objectLockRetainUntilDate();
        if (kept != null && !kept.isBefore(until)) {
            return;
        }
        String mode = kept == null ? mode() : now.objectLockModeAsString();
        try {
            connection
                    .client()
                    .putObjectRetention(request -> request.bucket(address.bucket())
                            .key(address.key(key.path()))
                            .versionId(now.versionId())
                            .retention(what -> what.mode(mode).retainUntilDate(until)));
        } catch (SdkException e) {
            throw failures.translate("keep " + key + " until " + until, e);
        }
    }

    /// Only what the user chose can be undone.
    private String mode() {
        var chosen = options.retention();
        return chosen == null ? "COMPLIANCE" : chosen.mode();
    }

    @Override
    public @Nullable Instant retainedUntil(ObjectKey key) {
        return look(key).objectLockRetainUntilDate();
    }

    private HeadObjectResponse look(ObjectKey key) {
        try {
            return connection
                    .client()
                    .headObject(request -> request.bucket(address.bucket()).key(address.key(key.path())));
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404) {
                throw failures.failed(Kind.NOT_FOUND, "look up " + key, "there is no such object", "", e);
            }
            throw failures.translate("look up " + key, e);
        } catch (SdkException e) {
            throw failures.translate("look up " + key, e);
        }
    }

    @Override
    public CreateOnlyVerdict probeCreateOnly(int writers) {
        return createOnly.ask(writers);
    }

    @Override
    public ObjectLockVerdict probeObjectLock(Duration retention) {
        return objectLock.ask(retention);
    }
}
