package dev.reprise.storage.s3;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.classes.StorageClasses;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.CopyObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MetadataDirective;

/// Storage classes of a bucket: told by listings and HEAD, changed by copying an object onto
/// itself.
final class S3Classes implements StorageClasses {
    private static final Pattern EXPIRY = Pattern.compile("expiry-date=\"([^\"]{1,40})\"");

    private final S3Address address;
    private final S3Options options;
    private final InstantSource clock;
    private final S3Connection connection;
    private final S3Failures failures;
    private final S3Listing listing;

    S3Classes(
            S3Address address,
            S3Options options,
            InstantSource clock,
            S3Connection connection,
            S3Failures failures,
            S3Listing listing) {
        this.address = address;
        this.options = options;
        this.clock = clock;
        this.connection = connection;
        this.failures = failures;
        this.listing = listing;
    }

    /// An object whose age the server does not tell is taken for new: nothing is done to it then.
    @Override
    public void list(ObjectType type, Consumer<ClassedObject> consumer) {
        listing.list(type, (key, object) -> {
            Instant modified = object.lastModified();
            consumer.accept(new ClassedObject(
                    key,
                    object.size(),
                    named(object.storageClassAsString()),
                    modified == null ? clock.instant() : modified));
        });
    }

    private static String named(@Nullable String storageClass) {
        return storageClass == null || storageClass.isBlank() ? STANDARD : storageClass;
    }

    @Override
    public boolean isArchive(String storageClass) {
        return S3Options.ARCHIVES.contains(storageClass);
    }

    @Override
    public String classOfNew(boolean contents) {
        return named(options.storageClass(contents));
    }

    @Override
    public @Nullable Thaw wantedThaw() {
        S3Options.Thaw thaw = options.thaw();
        return thaw == null ? null : new Thaw(tier(thaw.tier()), thaw.days());
    }

    private static Tier tier(String word) {
        return Arrays.stream(Tier.values())
                .filter(tier -> tier.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no tier " + word));
    }

    @Override
    public ObjectState look(ObjectKey key) {
        HeadObjectResponse head = head(key);
        String storageClass = named(head.storageClassAsString());
        return new ObjectState(head.contentLength(), storageClass, access(head, storageClass), until(head.restore()));
    }

    private Access access(HeadObjectResponse head, String storageClass) {
        boolean archived = isArchive(storageClass) || head.archiveStatusAsString() != null;
        String restore = head.restore();
        if (restore != null && restore.contains("ongoing-request=\"true\"")) {
            return Access.THAWING;
        }
        if (restore != null && restore.contains("ongoing-request=\"false\"")) {
            return archived ? Access.THAWED : Access.READABLE;
        }
        return archived ? Access.FROZEN : Access.READABLE;
    }

    private static @Nullable Instant until(@Nullable String restore) {
        Matcher expiry = EXPIRY.matcher(restore == null ? "" : restore);
        if (!expiry.find()) {
            return null;
        }
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(expiry.group(1)));
        } catch (DateTimeException e) {
            return null;
        }
    }

    @Override
    public void thaw(ObjectKey key, Thaw how) {
        try {
            connection
                    .client()
                    .restoreObject(request -> request.bucket(address.bucket())
                            .key(address.key(key.path()))
                            .restoreRequest(what -> what.days(how.days())
                                    .glacierJobParameters(
                                            job -> job.tier(how.tier().word()))));
        } catch (AwsServiceException e) {
            if (!S3Failures.code(e).equals("RestoreAlreadyInProgress")) {
                throw failures.translate("have " + key + " brought back", e);
            }
        } catch (SdkException e) {
            throw failures.translate("have " + key + " brought back", e);
        }
    }

    @Override
    public Moved move(ObjectKey key, String storageClass, boolean acceptOldVersions) {
        HeadObjectResponse before;
        try {
            before = head(key);
        } catch (StorageException e) {
            if (e.kind() == Kind.NOT_FOUND) {
                return Moved.GONE;
            }
            throw e;
        }
        if (named(before.storageClassAsString()).equals(storageClass)) {
            return Moved.ALREADY;
        }
        if (isKept(before)) {
            return Moved.KEPT;
        }
        if (isVersioned(before) && !acceptOldVersions) {
            return Moved.VERSIONED;
        }
        copy(key, storageClass, before);
        requireMoved(key, storageClass, before);
        return Moved.DONE;
    }

    private boolean isKept(HeadObjectResponse object) {
        Instant until = object.objectLockRetainUntilDate();
        boolean retained = until != null && until.isAfter(clock.instant());
        return retained || "ON".equals(object.objectLockLegalHoldStatusAsString());
    }

    /// Without versions a server tells none, or `null` where versions were suspended.
    private static boolean isVersioned(HeadObjectResponse object) {
        String version = object.versionId();
        return version != null && !version.isEmpty() && !version.equals("null");
    }

    /// Only what was looked at is copied, and encrypted as it was, unless the options say
    /// otherwise.
    private void copy(ObjectKey key, String storageClass, HeadObjectResponse before) {
        String object = address.key(key.path());
        var request = CopyObjectRequest.builder()
                .sourceBucket(address.bucket())
                .sourceKey(object)
                .destinationBucket(address.bucket())
                .destinationKey(object)
                .storageClass(storageClass)
                .metadataDirective(MetadataDirective.COPY)
                .copySourceIfMatch(before.eTag());
        var wanted = options.encryption();
        String algorithm = wanted != null ? wanted.algorithm() : before.serverSideEncryptionAsString();
        if (algorithm != null && !algorithm.isEmpty()) {
            request.serverSideEncryption(algorithm);
            request.ssekmsKeyId(wanted != null ? wanted.key() : before.ssekmsKeyId());
        }
        try {
            connection.client().copyObject(request.build());
        } catch (SdkException e) {
            throw failures.translate("move " + key + " to the class " + storageClass, e);
        }
    }

    /// Some servers accept any class and go on as before.
    private void requireMoved(ObjectKey key, String storageClass, HeadObjectResponse before) {
        HeadObjectResponse after = head(key);
        String found = named(after.storageClassAsString());
        if (!found.equals(storageClass) || !before.contentLength().equals(after.contentLength())) {
            throw failures.failed(
                    Kind.OTHER,
                    "move " + key + " to the class " + storageClass,
                    "the server said yes, and it lies in the class %s with %d of %d bytes"
                            .formatted(found, after.contentLength(), before.contentLength()),
                    "name a class this server has",
                    null);
        }
    }

    private HeadObjectResponse head(ObjectKey key) {
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
}
