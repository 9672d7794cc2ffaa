package dev.reprise.storage.s3;

import dev.reprise.base.RepriseException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.spool.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/// Sends objects: in one request as long as they fit, else in parts. Every byte is covered by a digest the server
/// compares: our names are SHA-256 already, where that is not taken an MD5 goes along.
final class S3Upload {
    /// restic's limit for one request.
    static final long LARGEST_SINGLE = 200L << 20;
    /// 10 000 of them are allowed: 625 GiB.
    static final long PART = 64L << 20;

    private static final String CONTENT_TYPE = "application/octet-stream";

    private final S3Address address;
    private final S3Options options;
    private final InstantSource clock;
    private final S3Connection connection;
    private final S3Failures failures;
    private final long largestSingle;
    private final long partBytes;

    S3Upload(
            S3Address address,
            S3Options options,
            InstantSource clock,
            S3Connection connection,
            S3Failures failures,
            long largestSingle,
            long partBytes) {
        this.address = address;
        this.options = options;
        this.clock = clock;
        this.connection = connection;
        this.failures = failures;
        this.largestSingle = largestSingle;
        this.partBytes = partBytes;
    }

    /// @param contents whether it holds nothing but contents of files
    void send(ObjectKey key, Spool content, boolean contents) {
        try {
            if (content.size() <= largestSingle) {
                sendWhole(key, content, contents);
            } else {
                sendInParts(key, content, contents);
            }
        } catch (SdkException e) {
            throw failures.translate("store " + key, e);
        }
    }

    private void sendWhole(ObjectKey key, Spool content, boolean contents) {
        var request = PutObjectRequest.builder()
                .bucket(address.bucket())
                .key(address.key(key.path()))
                .contentType(CONTENT_TYPE)
                .storageClass(options.storageClass(contents));
        if (options.provider().takesSha256() && key.type() != ObjectType.CONFIG) {
            request.checksumSHA256(
                    Base64.getEncoder().encodeToString(HexFormat.of().parseHex(key.name())));
        } else {
            request.contentMD5(md5(content, 0, content.size()));
        }
        var encryption = options.encryption();
        if (encryption != null) {
            request.serverSideEncryption(encryption.algorithm()).ssekmsKeyId(encryption.key());
        }
        var retention = retention(key);
        if (retention != null) {
            request.objectLockMode(retention.mode())
                    .objectLockRetainUntilDate(clock.instant().plus(retention.time()));
        }
        connection.client().putObject(request.build(), body(content, 0, content.size()));
    }

    /// Locks must vanish when their run ends, and so must what tells of runs that were broken off.
    private S3Options.@Nullable Retention retention(ObjectKey key) {
        boolean passing = key.type() == ObjectType.LOCK || key.type() == ObjectType.PARTIAL;
        return passing ? null : options.retention();
    }

    private void sendInParts(ObjectKey key, Spool content, boolean contents) {
        String upload = begin(key, contents);
        try {
            List<CompletedPart> parts = new ArrayList<>();
            for (long offset = 0; offset < content.size(); offset += partBytes) {
                long length = Math.min(partBytes, content.size() - offset);
                parts.add(sendPart(key, upload, parts.size() + 1, content, offset, length));
            }
            connection
                    .client()
                    .completeMultipartUpload(request -> request.bucket(address.bucket())
                            .key(address.key(key.path()))
                            .uploadId(upload)
                            .multipartUpload(all -> all.parts(parts)));
        } catch (SdkException e) {
            throw abandoned(key, upload, failures.translate("store " + key, e));
        }
    }

    private String begin(ObjectKey key, boolean contents) {
        var request = CreateMultipartUploadRequest.builder()
                .bucket(address.bucket())
                .key(address.key(key.path()))
                .contentType(CONTENT_TYPE)
                .storageClass(options.storageClass(contents));
        var encryption = options.encryption();
        if (encryption != null) {
            request.serverSideEncryption(encryption.algorithm()).ssekmsKeyId(encryption.key());
        }
        var retention = retention(key);
        if (retention != null) {
            request.objectLockMode(retention.mode())
                    .objectLockRetainUntilDate(clock.instant().plus(retention.time()));
        }
        return connection.client().createMultipartUpload(request.build()).uploadId();
    }

    private CompletedPart sendPart(ObjectKey key, String upload, int number, Spool content, long offset, long length) {
        String digest = md5(content, offset, length);
        String tag = connection
                .client()
                .uploadPart(
                        request -> request.bucket(address.bucket())
                                .key(address.key(key.path()))
                                .uploadId(upload)
                                .partNumber(number)
                                .contentMD5(digest),
                        body(content, offset, length))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    /// Parts cost money until somebody removes them, and no listing shows them.
    private RepriseException abandoned(ObjectKey key, String upload, RepriseException failure) {
        try {
            connection
                    .client()
                    .abortMultipartUpload(request -> request.bucket(address.bucket())
                            .key(address.key(key.path()))
                            .uploadId(upload));
            return failure;
        } catch (SdkException e) {
            if (failure instanceof StorageException known) {
                String fact = known.fact() + "; its parts stay as the unfinished upload " + upload;
                return new StorageException(known.kind(), fact, known.hint(), known);
            }
            return failure;
        }
    }

    private static RequestBody body(Spool content, long offset, long length) {
        return RequestBody.fromContentProvider(() -> content.open(offset, length), length, CONTENT_TYPE);
    }

    private static String md5(Spool content, long offset, long length) {
        try (InputStream bytes = content.open(offset, length)) {
            return ContentMd5.of(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read a temporary file again", e);
        }
    }
}
