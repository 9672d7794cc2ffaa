package dev.reprise.storage.s3;

import dev.reprise.base.CancelledException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.s3.S3Options.Thaw;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/// Has archived objects brought back and waits for them.
final class Thawing {
    private static final Duration LOOK_EVERY = Duration.ofSeconds(30);

    private final S3Address address;
    private final @Nullable Thaw thaw;
    private final S3Connection connection;
    private final S3Failures failures;

    Thawing(S3Address address, @Nullable Thaw thaw, S3Connection connection, S3Failures failures) {
        this.address = address;
        this.thaw = thaw;
        this.connection = connection;
        this.failures = failures;
    }

    boolean wanted() {
        return thaw != null;
    }

    /// Returns when the object can be read.
    ///
    /// @throws dev.reprise.storage.StorageException if that takes longer than is to be waited
    void await(ObjectKey key) {
        Thaw how = Objects.requireNonNull(thaw);
        begin(key, how);
        for (long looks = how.patience().dividedBy(LOOK_EVERY); looks >= 0; looks--) {
            if (isBack(key)) {
                return;
            }
            pause();
        }
        String reason =
                "it did not come back from the archive within " + how.patience().toHours() + " h";
        throw failures.failed(Kind.OTHER, "read " + key, reason, "raise -o s3.restore-timeout, or try later", null);
    }

    private void begin(ObjectKey key, Thaw how) {
        try {
            connection
                    .client()
                    .restoreObject(request -> request.bucket(address.bucket())
                            .key(address.key(key.path()))
                            .restoreRequest(
                                    what -> what.days(how.days()).glacierJobParameters(job -> job.tier(how.tier()))));
        } catch (AwsServiceException e) {
            if (!S3Failures.code(e).equals("RestoreAlreadyInProgress")) {
                throw failures.translate("have " + key + " brought back", e);
            }
        } catch (SdkException e) {
            throw failures.translate("have " + key + " brought back", e);
        }
    }

    private boolean isBack(ObjectKey key) {
        String state = connection
                .client()
                .headObject(request -> request.bucket(address.bucket()).key(address.key(key.path())))
                .restore();
        return state != null && state.contains("ongoing-request=\"false\"");
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_EVERY);
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("waiting for an archived object");
        }
    }
}
