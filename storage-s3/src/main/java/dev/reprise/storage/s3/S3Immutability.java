package dev.reprise.storage.s3;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.Promise;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// Object Lock of a bucket.
final class S3Immutability implements Immutability {
    private final S3Address address;
    private final @Nullable Promise promise;
    private final ObjectLocks locks;
    private final S3Failures failures;
    private final CreateOnlyProbe createOnly;
    private final ObjectLockProbe objectLock;

    S3Immutability(
            S3Address address,
            @Nullable Promise promise,
            ObjectLocks locks,
            S3Failures failures,
            CreateOnlyProbe createOnly,
            ObjectLockProbe objectLock) {
        this.address = address;
        this.promise = promise;
        this.locks = locks;
        this.failures = failures;
        this.createOnly = createOnly;
        this.objectLock = objectLock;
    }

    @Override
    public @Nullable Promise promise() {
        return promise;
    }

    @Override
    public void retainUntil(ObjectKey key, Instant until) {
        ObjectLocks.Lock now = look(key);
        Instant kept = now.until();
        if (kept != null && !kept.isBefore(until)) {
            return;
        }
        String mode = kept == null ? mode() : now.mode();
        try {
            locks.set(address.key(key.path()), now.version(), mode, until, false);
        } catch (SdkException e) {
            throw failures.translate("keep " + key + " until " + until, e);
        }
    }

    /// Only what the user chose can be undone.
    private String mode() {
        Promise chosen = promise;
        return chosen == null ? "COMPLIANCE" : chosen.mode();
    }

    @Override
    public @Nullable Instant retainedUntil(ObjectKey key) {
        return look(key).until();
    }

    private ObjectLocks.Lock look(ObjectKey key) {
        String what = "ask how long " + key + " is kept";
        try {
            return locks.of(address.key(key.path()), "");
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404) {
                throw failures.failed(Kind.NOT_FOUND, what, "there is no such object", "", e);
            }
            throw failures.translate(what, e);
        } catch (SdkException e) {
            throw failures.translate(what, e);
        }
    }

    @Override
    public CreateOnlyVerdict probeCreateOnly(int writers) {
        return createOnly.ask(writers);
    }

    @Override
    public AttackVerdict attack(Duration retention) {
        return objectLock.ask(retention);
    }
}
