package dev.reprise.storage.s3;

import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.bucket.Bucket.Properties;
import dev.reprise.storage.spool.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/// Writes users' objects back, with what was kept beside them.
final class BucketUpload {
    private static final String CONTENT_TYPE = "application/octet-stream";

    private final S3Address address;
    private final S3Options options;
    private final S3Connection connection;
    private final BucketFailures failures;

    BucketUpload(S3Address address, S3Options options, S3Connection connection, BucketFailures failures) {
        this.address = address;
        this.options = options;
        this.connection = connection;
        this.failures = failures;
    }

    String write(String key, Properties properties, Spool content, boolean createOnly) {
        var request = PutObjectRequest.builder()
                .bucket(address.bucket())
                .key(address.key(key))
                .contentMD5(md5(content))
                .storageClass(options.storageClass(true))
                .ifNoneMatch(createOnly ? "*" : null);
        BucketProperties.set(request, properties);
        var encryption = options.encryption();
        if (encryption != null) {
            request.serverSideEncryption(encryption.algorithm()).ssekmsKeyId(encryption.key());
        }
        try {
            return BucketProperties.plainEtag(failures.client(connection)
                    .putObject(request.build(), body(content))
                    .eTag());
        } catch (SdkException e) {
            throw failures.translate("store \"" + key + "\"", e);
        }
    }

    Bucket.Upload begin(String key, Properties properties) {
        var request = CreateMultipartUploadRequest.builder()
                .bucket(address.bucket())
                .key(address.key(key))
                .storageClass(options.storageClass(true));
        BucketProperties.set(request, properties);
        var encryption = options.encryption();
        if (encryption != null) {
            request.serverSideEncryption(encryption.algorithm()).ssekmsKeyId(encryption.key());
        }
        try {
            return new Parts(
                    key,
                    failures.client(connection)
                            .createMultipartUpload(request.build())
                            .uploadId());
        } catch (SdkException e) {
            throw failures.translate("store \"" + key + "\"", e);
        }
    }

    private final class Parts implements Bucket.Upload {
        private final String key;
        private final String upload;
        private final SortedMap<Integer, CompletedPart> sent = new TreeMap<>();

        Parts(String key, String upload) {
            this.key = key;
            this.upload = upload;
        }

        @Override
        public void part(int number, Spool content) {
            String digest = md5(content);
            try {
                String tag = failures.client(connection)
                        .uploadPart(
                                request -> request.bucket(address.bucket())
                                        .key(address.key(key))
                                        .uploadId(upload)
                                        .partNumber(number)
                                        .contentMD5(digest),
                                body(content))
                        .eTag();
                sent.put(
                        number,
                        CompletedPart.builder().partNumber(number).eTag(tag).build());
            } catch (SdkException e) {
                throw failures.translate("store part " + number + " of \"" + key + "\"", e);
            }
        }

        @Override
        public String complete(boolean createOnly) {
            @Nullable String condition = createOnly ? "*" : null;
            try {
                return BucketProperties.plainEtag(failures.client(connection)
                        .completeMultipartUpload(request -> request.bucket(address.bucket())
                                .key(address.key(key))
                                .uploadId(upload)
                                .ifNoneMatch(condition)
                                .multipartUpload(all -> all.parts(List.copyOf(sent.values()))))
                        .eTag());
            } catch (SdkException e) {
                throw failures.translate("store \"" + key + "\"", e);
            }
        }

        @Override
        public void abort() {
            try {
                failures.client(connection)
                        .abortMultipartUpload(request -> request.bucket(address.bucket())
                                .key(address.key(key))
                                .uploadId(upload));
            } catch (SdkException e) {
                throw failures.translate("remove the unfinished upload " + upload + " of \"" + key + "\"", e);
            }
        }
    }

    private static RequestBody body(Spool content) {
        return RequestBody.fromContentProvider(content::open, content.size(), CONTENT_TYPE);
    }

    private static String md5(Spool content) {
        try (InputStream bytes = content.open()) {
            return ContentMd5.of(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read a temporary file again", e);
        }
    }
}
