package dev.reprise.storage.s3;

import dev.reprise.storage.immutability.ObjectLockVerdict;
import dev.reprise.storage.immutability.ObjectLockVerdict.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/// Writes an object that must be kept and attacks it. What the server answers to an attack counts for nothing: stores
/// differ in their codes, and some say yes and do nothing. What a later look finds counts.
final class ObjectLockProbe {
    private static final byte[] CONTENT = "kept".getBytes(StandardCharsets.UTF_8);

    private static final byte[] OTHER_CONTENT = "overwritten".getBytes(StandardCharsets.UTF_8);

    private final S3Address address;
    private final S3Connection connection;
    private final S3Failures failures;
    private final ProbeNames names;
    private final InstantSource clock;

    ObjectLockProbe(
            S3Address address, S3Connection connection, S3Failures failures, ProbeNames names, InstantSource clock) {
        this.address = address;
        this.connection = connection;
        this.failures = failures;
        this.names = names;
        this.clock = clock;
    }

    ObjectLockVerdict ask(Duration retention) {
        try {
            return asked(retention);
        } catch (SdkException e) {
            throw failures.translate("probe Object Lock", e);
        }
    }

    private ObjectLockVerdict asked(Duration retention) {
        S3Client client = connection.client();
        String key = address.key(names.next());
        Instant until = clock.instant().plus(retention).truncatedTo(ChronoUnit.SECONDS);
        @Nullable String version;
        try {
            version = write(client, key, until);
        } catch (AwsServiceException e) {
            if (e.statusCode() >= 500 && e.statusCode() != 501) {
                throw e;
            }
            return unsupported("the server answered " + e.statusCode() + " " + S3Failures.code(e));
        }
        if (version == null || version.isEmpty()) {
            return unsupported("the server keeps no versions: " + key + " got none");
        }
        if (!isKept(client, key, version, until)) {
            return new ObjectLockVerdict(
                    Answer.LIES, List.of("the retention was accepted and not set"), where(key, version, until));
        }
        return attacked(client, key, version, until);
    }

    private @Nullable String write(S3Client client, String key, Instant until) {
        return client.putObject(
                        request -> request.bucket(address.bucket())
                                .key(key)
                                .contentMD5(ContentMd5.of(CONTENT))
                                .objectLockMode("COMPLIANCE")
                                .objectLockRetainUntilDate(until),
                        RequestBody.fromBytes(CONTENT))
                .versionId();
    }

    private ObjectLockVerdict attacked(S3Client client, String key, String version, Instant until) {
        List<String> broken = new ArrayList<>();
        for (Attack attack : attacksOnRetention(key, version, until)) {
            attempt(client, attack);
            if (!isKept(client, key, version, until)) {
                broken.add(attack.effect());
                attempt(client, new Attack("", again -> retain(again, key, version, "COMPLIANCE", until)));
            }
        }
        for (Attack attack : attacksOnContent(key, version)) {
            attempt(client, attack);
            if (!isThere(client, key, version)) {
                broken.add(attack.effect());
                break; // nothing is left to attack
            }
        }
        Answer answer = broken.isEmpty() ? Answer.KEPT : Answer.LIES;
        return new ObjectLockVerdict(answer, broken, where(key, version, until));
    }

    private List<Attack> attacksOnRetention(String key, String version, Instant until) {
        Instant sooner = until.minusSeconds(20);
        return List.of(
                new Attack("its retention was shortened", client -> retain(client, key, version, "COMPLIANCE", sooner)),
                new Attack(
                        "its retention was weakened to GOVERNANCE",
                        client -> retain(client, key, version, "GOVERNANCE", until)));
    }

    /// Not every store tells the retention of a version that is not the newest any more: what counts now is that its
    /// bytes are there.
    private List<Attack> attacksOnContent(String key, String version) {
        return List.of(
                new Attack(
                        "overwriting it destroyed it",
                        client -> client.putObject(
                                request -> request.bucket(address.bucket())
                                        .key(key)
                                        .contentMD5(ContentMd5.of(OTHER_CONTENT)),
                                RequestBody.fromBytes(OTHER_CONTENT))),
                new Attack(
                        "deleting it destroyed it",
                        client -> client.deleteObject(
                                request -> request.bucket(address.bucket()).key(key))),
                new Attack(
                        "its version was deleted",
                        client -> client.deleteObject(request ->
                                request.bucket(address.bucket()).key(key).versionId(version))),
                new Attack(
                        "its version was deleted by bypassing governance",
                        client -> client.deleteObject(request -> request.bucket(address.bucket())
                                .key(key)
                                .versionId(version)
                                .bypassGovernanceRetention(true))));
    }

    private void retain(S3Client client, String key, String version, String mode, Instant until) {
        client.putObjectRetention(request -> request.bucket(address.bucket())
                .key(key)
                .versionId(version)
                .retention(what -> what.mode(mode).retainUntilDate(until)));
    }

    private static void attempt(S3Client client, Attack attack) {
        try {
            attack.how().accept(client);
        } catch (AwsServiceException e) {
            // Refused, it seems. The look that follows decides.
        }
    }

    /// Whether the version is there with its bytes and its retention.
    private boolean isKept(S3Client client, String key, String version, Instant until) {
        HeadObjectResponse now = look(client, key, version);
        Instant kept = now.objectLockRetainUntilDate();
        return kept != null
                && !kept.isBefore(until)
                && "COMPLIANCE".equals(now.objectLockModeAsString())
                && isThere(client, key, version);
    }

    private boolean isThere(S3Client client, String key, String version) {
        try {
            byte[] content = client.getObjectAsBytes(
                            request -> request.bucket(address.bucket()).key(key).versionId(version))
                    .asByteArrayUnsafe();
            return Arrays.equals(content, CONTENT);
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404 || e.statusCode() == 405) {
                return false;
            }
            throw e;
        }
    }

    private HeadObjectResponse look(S3Client client, String key, String version) {
        return client.headObject(
                request -> request.bucket(address.bucket()).key(key).versionId(version));
    }

    private static ObjectLockVerdict unsupported(String why) {
        return new ObjectLockVerdict(Answer.UNSUPPORTED, List.of(), why);
    }

    private String where(String key, String version, Instant until) {
        return "probed with " + address.bucket() + "/" + key + ", version " + version + ", kept until " + until;
    }

    /// @param effect what is to be said if it succeeded
    private record Attack(String effect, Consumer<S3Client> how) {}
}
