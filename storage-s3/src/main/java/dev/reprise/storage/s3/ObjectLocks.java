package dev.reprise.storage.s3;

import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectLockRetention;

/// Reads and sets how long versions of a bucket's objects are kept. Safe for use by many threads.
final class ObjectLocks {
    /// Whoever may not ask, and whoever asks with keys that are not known.
    private static final Set<Integer> NOT_ALLOWED = Set.of(401, 403);

    private final S3Address address;
    private final S3Connection connection;

    ObjectLocks(S3Address address, S3Connection connection) {
        this.address = address;
        this.connection = connection;
    }

    /// @param mode    `COMPLIANCE` or `GOVERNANCE`; empty if the version is not kept
    /// @param until   null if it is not kept
    /// @param version empty where there are none
    record Lock(String mode, @Nullable Instant until, String version) {
        boolean isSet() {
            return until != null;
        }
    }

    /// @param version empty for the present one
    /// @throws AwsServiceException 404 if there is no such object, 403 if the credentials may not ask
    Lock of(String key, String version) {
        HeadObjectResponse head = connection
                .client()
                .headObject(request -> request.bucket(address.bucket()).key(key).versionId(orNull(version)));
        String found = head.versionId() == null ? version : head.versionId();
        Instant until = head.objectLockRetainUntilDate();
        return until == null ? asked(key, found) : new Lock(mode(head.objectLockModeAsString()), until, found);
    }

    /// Amazon leaves the headers out for those who may not see them: they have to be told, not to
    /// be given "none".
    private Lock asked(String key, String version) {
        try {
            ObjectLockRetention retention = connection
                    .client()
                    .getObjectRetention(
                            request -> request.bucket(address.bucket()).key(key).versionId(orNull(version)))
                    .retention();
            Instant until = retention == null ? null : retention.retainUntilDate();
            return new Lock(until == null ? "" : mode(retention.modeAsString()), until, version);
        } catch (AwsServiceException e) {
            if (NOT_ALLOWED.contains(e.statusCode()) || S3Failures.mayPass(e)) {
                throw e;
            }
            return new Lock("", null, version); // there is no retention, or no such thing
        } catch (SdkClientException e) {
            if (!S3Failures.unreadable(e)) {
                throw e;
            }
            return new Lock("", null, version); // moto sends an error page where there is none any more
        }
    }

    /// SeaweedFS and others spell it in their own way.
    private static String mode(@Nullable String mode) {
        return mode == null ? "" : mode.toUpperCase(Locale.ROOT);
    }

    /// @param bypass whether to use the right to undo `GOVERNANCE`
    void set(String key, String version, String mode, Instant until, boolean bypass) {
        put(
                key,
                version,
                ObjectLockRetention.builder().mode(mode).retainUntilDate(until).build(),
                bypass);
    }

    /// Asks for no retention at all.
    void remove(String key, String version) {
        put(key, version, ObjectLockRetention.builder().build(), true);
    }

    private void put(String key, String version, ObjectLockRetention retention, boolean bypass) {
        connection
                .client()
                .putObjectRetention(request -> request.bucket(address.bucket())
                        .key(key)
                        .versionId(orNull(version))
                        .bypassGovernanceRetention(bypass ? true : null)
                        .retention(retention));
    }

    static @Nullable String orNull(String version) {
        return version.isEmpty() ? null : version;
    }
}
