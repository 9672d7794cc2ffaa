package dev.reprise.storage.s3;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.classes.StorageClasses;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.Promise;
import dev.reprise.storage.plain.PlainFiles;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.spool.SpooledDraft;
import dev.reprise.storage.url.PlaceSettings;
import java.security.SecureRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.BucketLocationConstraint;
import software.amazon.awssdk.services.s3.model.CreateBucketRequest;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// A bucket, or what lies below a prefix in it. One attempt at each operation.
final class S3Storage implements Storage {
    private final S3Address address;
    private final S3Options options;
    private final PlaceSettings settings;
    private final S3Connection connection;
    private final S3Failures failures;
    private final S3Listing listing;
    private final S3Reading reading;
    private final S3Upload upload;
    private final long largestSingle;
    private final long part;

    S3Storage(S3Address address, S3Options options, PlaceSettings settings) {
        this(address, options, settings, S3Upload.LARGEST_SINGLE, S3Upload.PART);
    }

    /// @param largestSingle bytes sent in one request; larger objects go in parts
    /// @param part          bytes of a part
    S3Storage(S3Address address, S3Options options, PlaceSettings settings, long largestSingle, long part) {
        this.address = address;
        this.options = options;
        this.settings = settings;
        this.largestSingle = largestSingle;
        this.part = part;
        this.connection = new S3Connection(address, options, settings);
        this.failures = new S3Failures(address, settings.clock());
        this.listing = new S3Listing(address, options, connection, failures);
        this.reading = new S3Reading(address, options, connection, listing, failures);
        this.upload = new S3Upload(address, options, settings.clock(), connection, failures, largestSingle, part);
    }

    @Override
    public String location() {
        return address.location();
    }

    /// Makes the bucket unless it is there. Credentials that may not look for buckets are taken to have one.
    @Override
    public void create() {
        try {
            connection.client().headBucket(request -> request.bucket(address.bucket()));
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404) {
                createBucket();
            } else if (e.statusCode() != 403) {
                throw failures.translate("look for the bucket", e);
            }
        } catch (SdkException e) {
            throw failures.translate("look for the bucket", e);
        }
    }

    private void createBucket() {
        var request = CreateBucketRequest.builder()
                .bucket(address.bucket())
                .objectLockEnabledForBucket(options.retention() != null ? true : null);
        if (options.provider() == Provider.AWS && !options.region().equals("us-east-1")) {
            var constraint = BucketLocationConstraint.fromValue(options.region());
            request.createBucketConfiguration(where -> where.locationConstraint(constraint));
        }
        try {
            connection.client().createBucket(request.build());
        } catch (AwsServiceException e) {
            if (!S3Failures.code(e).equals("BucketAlreadyOwnedByYou")) {
                throw failures.translate("create the bucket", e);
            }
        } catch (SdkException e) {
            throw failures.translate("create the bucket", e);
        }
    }

    @Override
    public long size(ObjectKey key) {
        return reading.size(key);
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        listing.list(type, consumer);
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return reading.read(key, offset, length, reader);
    }

    @Override
    public Draft draft(ObjectType type) {
        return new SpooledDraft(type, settings.temporaryFolder(), (key, content) -> upload.send(key, content, false));
    }

    @Override
    public Draft contentDraft() {
        return new SpooledDraft(
                ObjectType.PACK, settings.temporaryFolder(), (key, content) -> upload.send(key, content, true));
    }

    /// In a bucket with versions this hides the object; its version stays for as long as the bucket keeps it.
    @Override
    public void delete(ObjectKey key) {
        try {
            connection
                    .client()
                    .deleteObject(request -> request.bucket(address.bucket()).key(address.key(key.path())));
        } catch (NoSuchKeyException e) {
            // S3 says nothing about it, some of its kin do.
        } catch (SdkException e) {
            throw failures.translate("delete " + key, e);
        }
    }

    @Override
    public int connections() {
        return options.connections();
    }

    @Override
    public <C> @Nullable C capability(Class<C> type) {
        if (type == PlainFiles.class) {
            return type.cast(new S3Files(
                    address,
                    options,
                    settings.clock(),
                    connection,
                    failures,
                    settings.temporaryFolder(),
                    largestSingle,
                    part));
        }
        if (type == ServerSide.class) {
            return type.cast(new S3ServerSide(address, options, connection, failures));
        }
        if (type == StorageClasses.class) {
            return type.cast(new S3Classes(address, options, settings.clock(), connection, failures, listing));
        }
        boolean asked = type == Immutability.class && options.provider().keepsLocks();
        return asked ? type.cast(immutability()) : null;
    }

    private Immutability immutability() {
        var names = new ProbeNames(new SecureRandom());
        var locks = new ObjectLocks(address, connection);
        var retention = options.retention();
        Promise promise = retention == null ? null : new Promise(retention.mode(), retention.time());
        return new S3Immutability(
                address,
                promise,
                locks,
                failures,
                new CreateOnlyProbe(address, connection, failures, names),
                new ObjectLockProbe(address, promise, connection, locks, failures, names, settings.clock()));
    }

    @Override
    public void close() {
        connection.close();
    }
}
