package dev.reprise.storage.s3;

import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.AttackVerdict.Answer;
import dev.reprise.storage.immutability.AttackVerdict.Attempt;
import dev.reprise.storage.immutability.AttackVerdict.Effect;
import dev.reprise.storage.immutability.Promise;
import dev.reprise.storage.s3.ObjectLocks.Lock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;

/// Writes an object as uploads are written and attacks it. What the server answers to an attack
/// counts for nothing: stores differ in their codes, and some say yes and do nothing. What a
/// later look finds counts.
final class ObjectLockProbe {
    private static final byte[] CONTENT = "kept".getBytes(StandardCharsets.UTF_8);

    private static final byte[] OTHER_CONTENT = "overwritten".getBytes(StandardCharsets.UTF_8);

    private static final String COMPLIANCE = "COMPLIANCE";

    private final S3Address address;
    private final @Nullable Promise promise;
    private final S3Connection connection;
    private final ObjectLocks locks;
    private final S3Failures failures;
    private final ProbeNames names;
    private final InstantSource clock;

    /// @param promise what uploads ask for; null leaves it to the bucket
    ObjectLockProbe(
            S3Address address,
            @Nullable Promise promise,
            S3Connection connection,
            ObjectLocks locks,
            S3Failures failures,
            ProbeNames names,
            InstantSource clock) {
        this.address = address;
        this.promise = promise;
        this.connection = connection;
        this.locks = locks;
        this.failures = failures;
        this.names = names;
        this.clock = clock;
    }

    AttackVerdict ask(Duration retention) {
        try {
            return asked(address.key(names.next()), retention);
        } catch (SdkException e) {
            throw failures.translate("probe Object Lock", e);
        }
    }

    private AttackVerdict asked(String key, Duration retention) {
        String version;
        try {
            version = written(key, retention);
        } catch (AwsServiceException e) {
            if (S3Failures.mayPass(e)) {
                throw e;
            }
            String said = "an object that is to be kept was refused: " + said(e);
            return new AttackVerdict(e.statusCode() == 501 ? Answer.UNSUPPORTED : Answer.OPEN, List.of(), said);
        }
        Lock lock = locks.of(key, version);
        if (promise != null && !lock.isSet()) {
            return new AttackVerdict(
                    Answer.LIES,
                    List.of(new Attempt("have an object kept", Effect.DONE, "accepted, and it is not kept")),
                    where(key, lock));
        }
        return new Assault(key, lock).carriedOut();
    }

    /// A bucket may insist on longer times than a probe needs.
    private String written(String key, Duration retention) {
        Promise asked = promise;
        if (asked == null) {
            return write(key, null, retention);
        }
        try {
            return write(key, asked, retention);
        } catch (AwsServiceException e) {
            if (S3Failures.mayPass(e) || e.statusCode() == 501 || asked.time().compareTo(retention) <= 0) {
                throw e;
            }
            return write(key, asked, asked.time());
        }
    }

    /// @return the version; empty where there are none
    private String write(String key, @Nullable Promise kept, Duration retention) {
        var request =
                PutObjectRequest.builder().bucket(address.bucket()).key(key).contentMD5(ContentMd5.of(CONTENT));
        if (kept != null) {
            Instant until = clock.instant().plus(retention).truncatedTo(ChronoUnit.SECONDS);
            request.objectLockMode(kept.mode()).objectLockRetainUntilDate(until);
        }
        PutObjectResponse answer = connection.client().putObject(request.build(), RequestBody.fromBytes(CONTENT));
        return answer.versionId() == null ? "" : answer.versionId();
    }

    private static String said(AwsServiceException answer) {
        return (answer.statusCode() + " " + S3Failures.code(answer)).strip();
    }

    private String where(String key, Lock lock) {
        return "probed with " + address.bucket() + "/" + key
                + (lock.version().isEmpty() ? ", which has no versions" : ", version " + lock.version())
                + (lock.isSet()
                        ? ", kept until " + lock.until() + " in " + lock.mode() + " mode"
                        : ", which is not kept");
    }

    /// @param what    as in "tried to …"
    /// @param broken  whether success breaks a promise; what only a right allows does not
    /// @param request throws what the server refuses
    private record Attack(String what, boolean broken, Runnable request) {}

    /// All attacks on one object.
    private final class Assault {
        private final String key;
        private final Lock lock;
        private final boolean compliance;
        private final List<Attempt> attempts = new ArrayList<>();
        private boolean lies;

        /// @param lock as a look after the upload found it
        Assault(String key, Lock lock) {
            this.key = key;
            this.lock = lock;
            this.compliance = lock.mode().equals(COMPLIANCE);
        }

        AttackVerdict carriedOut() {
            Instant until = lock.until();
            if (until != null) {
                onRetention(until).forEach(attack -> {
                    if (!withstood(attack, () -> isKept(until))) {
                        restore(until);
                    }
                });
            }
            for (Attack attack : onContent()) {
                if (!withstood(attack, this::isThere)) {
                    break; // nothing is left to attack
                }
            }
            boolean broken = attempts.stream().anyMatch(attempt -> attempt.effect() == Effect.DONE);
            Answer answer = lies ? Answer.LIES : broken || !lock.isSet() ? Answer.OPEN : Answer.KEPT;
            return new AttackVerdict(answer, attempts, where(key, lock));
        }

        private List<Attack> onRetention(Instant until) {
            List<Attack> attacks = new ArrayList<>();
            Instant sooner = until.minusSeconds(20);
            attacks.add(new Attack("shorten its retention", true, () -> set(lock.mode(), sooner, false)));
            if (compliance) {
                attacks.add(
                        new Attack("weaken its retention to governance", true, () -> set("GOVERNANCE", until, false)));
            } else {
                attacks.add(new Attack(
                        "shorten its retention by bypassing governance", false, () -> set(lock.mode(), sooner, true)));
            }
            attacks.add(new Attack("remove its retention", compliance, () -> locks.remove(key, lock.version())));
            return attacks;
        }

        /// Not every store tells the retention of a version that is not the newest any more: what
        /// counts now is that its bytes are there.
        private List<Attack> onContent() {
            List<Attack> attacks = new ArrayList<>();
            attacks.add(new Attack("overwrite it", lock.isSet(), this::overwrite));
            attacks.add(new Attack("delete it", lock.isSet(), () -> delete("", false)));
            if (!lock.version().isEmpty()) {
                attacks.add(new Attack("delete its version", lock.isSet(), () -> delete(lock.version(), false)));
                attacks.add(new Attack(
                        "delete its version by bypassing governance", compliance, () -> delete(lock.version(), true)));
            }
            return attacks;
        }

        /// @return whether the object is as it was
        private boolean withstood(Attack attack, BooleanSupplier unharmed) {
            String said = "accepted";
            boolean refused = false;
            try {
                attack.request().run();
            } catch (AwsServiceException e) {
                if (S3Failures.mayPass(e)) {
                    throw e; // not tried
                }
                refused = true;
                said = said(e);
            } catch (SdkClientException e) {
                if (!S3Failures.unreadable(e)) {
                    throw e;
                }
                said = "an answer that cannot be read";
            }
            boolean whole = unharmed.getAsBoolean();
            lies |= !whole && attack.broken();
            Effect effect = !whole ? Effect.DONE : refused ? Effect.REFUSED : Effect.SURVIVED;
            attempts.add(new Attempt(attack.what(), effect, said));
            return whole;
        }

        private void set(String mode, Instant until, boolean bypass) {
            locks.set(key, lock.version(), mode, until, bypass);
        }

        /// For the attacks to come. A failure is no news: the next look finds it.
        private void restore(Instant until) {
            try {
                set(lock.mode(), until, false);
            } catch (AwsServiceException e) {
                if (S3Failures.mayPass(e)) {
                    throw e;
                }
            } catch (SdkClientException e) {
                if (!S3Failures.unreadable(e)) {
                    throw e;
                }
            }
        }

        private void overwrite() {
            connection
                    .client()
                    .putObject(
                            request ->
                                    request.bucket(address.bucket()).key(key).contentMD5(ContentMd5.of(OTHER_CONTENT)),
                            RequestBody.fromBytes(OTHER_CONTENT));
        }

        private void delete(String version, boolean bypass) {
            connection
                    .client()
                    .deleteObject(request -> request.bucket(address.bucket())
                            .key(key)
                            .versionId(ObjectLocks.orNull(version))
                            .bypassGovernanceRetention(bypass ? true : null));
        }

        /// Whether the version is there with its bytes and its retention.
        private boolean isKept(Instant until) {
            Lock now = locks.of(key, lock.version());
            Instant kept = now.until();
            return kept != null && !kept.isBefore(until) && now.mode().equals(lock.mode()) && isThere();
        }

        private boolean isThere() {
            try {
                byte[] content = connection
                        .client()
                        .getObjectAsBytes(request ->
                                request.bucket(address.bucket()).key(key).versionId(ObjectLocks.orNull(lock.version())))
                        .asByteArrayUnsafe();
                return Arrays.equals(content, CONTENT);
            } catch (AwsServiceException e) {
                if (e.statusCode() == 404 || e.statusCode() == 405) {
                    return false;
                }
                throw e;
            }
        }
    }
}
