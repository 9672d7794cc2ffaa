package dev.reprise.storage.s3;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage.StoredObject;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Lists objects page by page, by either of S3's calls.
final class S3Listing {
    private final S3Address address;
    private final S3Options options;
    private final S3Connection connection;
    private final S3Failures failures;

    S3Listing(S3Address address, S3Options options, S3Connection connection, S3Failures failures) {
        this.address = address;
        this.options = options;
        this.connection = connection;
        this.failures = failures;
    }

    void list(ObjectType type, Consumer<StoredObject> consumer) {
        list(type, (key, object) -> consumer.accept(new StoredObject(key, object.size())));
    }

    /// As above, with all the server tells.
    void list(ObjectType type, BiConsumer<ObjectKey, S3Object> consumer) {
        String prefix = address.key(type == ObjectType.CONFIG ? "config" : type.folder() + "/");
        boolean deep = type == ObjectType.PACK;
        long seen = 0;
        @Nullable String from = null;
        do {
            Page page = page(type, prefix, deep, from);
            seen += page.objects().size();
            page.objects().forEach(object -> report(type, object, consumer));
            String next = page.next();
            if (next != null && next.equals(from)) {
                String reason = "the server's listing goes round in circles";
                throw failures.failed(Kind.OTHER, "list " + type.folder(), reason, "", null);
            }
            from = next;
        } while (from != null);
        if (type == ObjectType.KEY && seen == 0) {
            refuseOldLayout();
        }
    }

    /// Whether the bucket lists no object of this name. Where the right to list is bound to a prefix, Amazon refuses to
    /// tell of an object that is not there, as if it were somebody else's; only its listing says what is so.
    ///
    /// @return false also if the listing is refused, or fails
    boolean lacks(ObjectKey key) {
        String name = address.key(key.path());
        try {
            // Among those that begin so, the very name comes first; and only a listing repeats what was asked for.
            Page page = page(key.type(), name, true, null);
            return name.equals(page.prefix())
                    && page.objects().stream().noneMatch(object -> object.key().equals(name));
        } catch (StorageException e) {
            return false;
        }
    }

    private void report(ObjectType type, S3Object object, BiConsumer<ObjectKey, S3Object> consumer) {
        String name = object.key().substring(object.key().lastIndexOf('/') + 1);
        boolean wellNamed = type == ObjectType.CONFIG ? name.equals("config") : ObjectId.isName(name);
        if (!wellNamed) {
            return;
        }
        var key = new ObjectKey(type, name);
        if (object.key().equals(address.key(key.path()))) {
            consumer.accept(key, object);
        }
    }

    private Page page(ObjectType type, String prefix, boolean deep, @Nullable String from) {
        try {
            return Listings.read(
                    names -> options.listV1() ? older(prefix, deep, from, names) : newer(prefix, deep, from, names));
        } catch (SdkException e) {
            throw failures.translate("list " + (type == ObjectType.CONFIG ? "config" : type.folder()), e);
        }
    }

    private Page newer(String prefix, boolean deep, @Nullable String from, @Nullable EncodingType names) {
        ListObjectsV2Response answer = connection
                .client()
                .listObjectsV2(ListObjectsV2Request.builder()
                        .bucket(address.bucket())
                        .prefix(prefix)
                        .encodingType(names)
                        .delimiter(deep ? null : "/")
                        .continuationToken(from)
                        .build());
        boolean more = Boolean.TRUE.equals(answer.isTruncated());
        return new Page(answer.prefix(), answer.contents(), more ? place(answer.nextContinuationToken()) : null);
    }

    private Page older(String prefix, boolean deep, @Nullable String from, @Nullable EncodingType names) {
        ListObjectsResponse answer = connection
                .client()
                .listObjects(ListObjectsRequest.builder()
                        .bucket(address.bucket())
                        .prefix(prefix)
                        .encodingType(names)
                        .delimiter(deep ? null : "/")
                        .marker(from)
                        .build());
        List<S3Object> objects = answer.contents();
        boolean more = Boolean.TRUE.equals(answer.isTruncated());
        String last = objects.isEmpty() ? null : objects.getLast().key();
        String marker = answer.nextMarker();
        return new Page(answer.prefix(), objects, more ? place(marker == null ? last : marker) : null);
    }

    private String place(@Nullable String next) {
        if (next == null || next.isEmpty()) {
            throw failures.failed(Kind.OTHER, "list objects", "the server's listing breaks off", "", null);
        }
        return next;
    }

    /// restic up to 0.7 wrote `key/` instead of `keys/` into buckets.
    private void refuseOldLayout() {
        Page old = page(ObjectType.KEY, address.key("key/"), false, null);
        if (!old.objects().isEmpty()) {
            throw new StorageException(
                    Kind.OTHER,
                    "the repository at " + address.location() + " has the layout of restic 0.7 and older",
                    "migrate it with restic 0.17: restic migrate s3_layout",
                    null);
        }
    }

    /// @param prefix as the server repeats it; null if it does not
    /// @param next   where the following page begins; null at the end
    private record Page(
            @Nullable String prefix,
            List<S3Object> objects,
            @Nullable String next) {}
}
