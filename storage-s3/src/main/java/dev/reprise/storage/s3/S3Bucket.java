package dev.reprise.storage.s3;

import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.BucketException.Kind;
import dev.reprise.storage.spool.Spool;
import dev.reprise.storage.url.PlaceSettings;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.EncodingType;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.GetObjectTaggingRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.Tag;

/// Users' objects in a bucket of S3, or below a prefix in it. One attempt at each operation.
final class S3Bucket implements Bucket {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
    private static final int BUFFER_BYTES = 128 * 1024;

    private final S3Address address;
    private final S3Options options;
    private final S3Connection connection;
    private final BucketFailures failures;
    private final BucketUpload upload;

    S3Bucket(S3Address address, S3Options options, PlaceSettings settings) {
        this.address = address;
        this.options = options;
        this.connection = new S3Connection(address, options, settings);
        this.failures = new BucketFailures(address, settings.clock());
        this.upload = new BucketUpload(address, options, connection, failures);
    }

    @Override
    public String location() {
        return address.location();
    }

    @Override
    public int connections() {
        return options.connections();
    }

    @Override
    public Page list(String prefix, @Nullable String from) {
        try {
            Page page =
                    Listings.read(names -> options.listV1() ? older(prefix, from, names) : newer(prefix, from, names));
            if (page.next() != null && page.next().equals(from)) {
                throw failures.failed(Kind.OTHER, "list objects", "the server's listing goes round in circles");
            }
            return page;
        } catch (SdkException e) {
            throw failures.translate("list objects", e);
        }
    }

    private Page newer(String prefix, @Nullable String from, @Nullable EncodingType names) {
        var answer = failures.client(connection)
                .listObjectsV2(ListObjectsV2Request.builder()
                        .bucket(address.bucket())
                        .prefix(address.key(prefix))
                        .encodingType(names)
                        .continuationToken(from)
                        .build());
        boolean more = Boolean.TRUE.equals(answer.isTruncated());
        return new Page(listed(answer.contents()), more ? place(answer.nextContinuationToken()) : null);
    }

    private Page older(String prefix, @Nullable String from, @Nullable EncodingType names) {
        var answer = failures.client(connection)
                .listObjects(ListObjectsRequest.builder()
                        .bucket(address.bucket())
                        .prefix(address.key(prefix))
                        .encodingType(names)
                        .marker(from)
                        .build());
        boolean more = Boolean.TRUE.equals(answer.isTruncated());
        List<S3Object> objects = answer.contents();
        String marker = answer.nextMarker();
        String last = objects.isEmpty() ? null : objects.getLast().key();
        return new Page(listed(objects), more ? place(marker == null ? last : marker) : null);
    }

    private String place(@Nullable String next) {
        if (next == null || next.isEmpty()) {
            throw failures.failed(Kind.OTHER, "list objects", "the server's listing breaks off");
        }
        return next;
    }

    /// What the server tells of others than it was asked for is left out.
    private List<Listed> listed(List<S3Object> objects) {
        String root = address.key("");
        List<Listed> listed = new ArrayList<>(objects.size());
        for (S3Object object : objects) {
            if (object.key().startsWith(root)) {
                listed.add(new Listed(
                        object.key().substring(root.length()),
                        object.size() == null ? 0 : object.size(),
                        BucketProperties.plainEtag(object.eTag()),
                        Objects.requireNonNullElse(object.lastModified(), Instant.EPOCH),
                        Objects.requireNonNullElse(object.storageClassAsString(), "")));
            }
        }
        return listed;
    }

    @Override
    public void read(String key, long offset, String etag, Sink sink) {
        String what = "read \"" + key + "\"";
        try (ResponseInputStream<GetObjectResponse> body = open(key, offset, etag)) {
            long size = size(what, offset, body.response());
            var exact = new ExactBody(body, size - offset);
            try {
                sink.begin(BucketProperties.found(body.response(), size));
                byte[] buffer = new byte[Math.clamp(size - offset, 1, BUFFER_BYTES)];
                for (int count = exact.read(buffer); count > 0; count = exact.read(buffer)) {
                    sink.bytes(buffer, 0, count);
                }
            } finally {
                exact.finish();
            }
        } catch (SdkException e) {
            throw failures.translate(what, e);
        } catch (IOException e) {
            throw failures.unreachable(what, e);
        }
    }

    private ResponseInputStream<GetObjectResponse> open(String key, long offset, String etag) {
        return failures.client(connection)
                .getObject(GetObjectRequest.builder()
                        .bucket(address.bucket())
                        .key(address.key(key))
                        .range(offset == 0 ? null : "bytes=" + offset + "-")
                        .ifMatch(etag.isEmpty() ? null : "\"" + etag + "\"")
                        .build());
    }

    /// Of the whole object. A server that ignores the range, or sends another, is not believed.
    private long size(String what, long offset, GetObjectResponse answer) {
        Long length = answer.contentLength();
        if (length == null) {
            throw failures.failed(Kind.OTHER, what, "the server did not tell the length");
        }
        if (offset == 0) {
            return length;
        }
        Matcher range = CONTENT_RANGE.matcher(String.valueOf(answer.contentRange()));
        if (!range.matches()
                || Long.parseLong(range.group(1)) != offset
                || Long.parseLong(range.group(3)) != offset + length) {
            throw failures.failed(Kind.OTHER, what, "the server sent another range");
        }
        return offset + length;
    }

    @Override
    public Found look(String key) {
        try {
            return BucketProperties.found(failures.client(connection)
                    .headObject(request -> request.bucket(address.bucket()).key(address.key(key))));
        } catch (SdkException e) {
            throw failures.translateHead("look up \"" + key + "\"", e);
        }
    }

    @Override
    public SortedMap<String, String> tags(String key, String version) {
        try {
            SortedMap<String, String> tags = new TreeMap<>();
            for (Tag tag : failures.client(connection)
                    .getObjectTagging(GetObjectTaggingRequest.builder()
                            .bucket(address.bucket())
                            .key(address.key(key))
                            .versionId(version.isEmpty() || version.equals("null") ? null : version)
                            .build())
                    .tagSet()) {
                tags.put(tag.key(), tag.value());
            }
            return tags;
        } catch (SdkException e) {
            throw failures.translate("read the tags of \"" + key + "\"", e);
        }
    }

    @Override
    public String write(String key, Properties properties, Spool content, boolean createOnly) {
        return upload.write(key, properties, content, createOnly);
    }

    @Override
    public Upload begin(String key, Properties properties) {
        return upload.begin(key, properties);
    }

    @Override
    public void delete(String key) {
        try {
            failures.client(connection)
                    .deleteObject(request -> request.bucket(address.bucket()).key(address.key(key)));
        } catch (SdkException e) {
            var failure = failures.translate("delete \"" + key + "\"", e);
            if (!failures.isAbsence(failure)) { // S3 says nothing about it, some of its kin do
                throw failure;
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
