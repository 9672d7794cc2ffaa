package dev.reprise.storage.s3;

import dev.reprise.base.RepriseException;
import dev.reprise.storage.Storage.BodyReader;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.plain.PlainFiles;
import dev.reprise.storage.plain.PlainPath;
import dev.reprise.storage.spool.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Plain objects below the prefix, kept as the options ask. Folders are parts of names: whether an export is there is
/// told by its manifest. One attempt at each operation.
final class S3Files implements PlainFiles {
    private static final String CONTENT_TYPE = "application/octet-stream";

    private final S3Address address;
    private final S3Options options;
    private final InstantSource clock;
    private final S3Connection connection;
    private final S3Failures failures;
    private final Path temporaryFolder;
    private final long largestSingle;
    private final long partBytes;

    /// @param clock           from whose time on objects are kept
    /// @param temporaryFolder for files on their way, whose size must be known first
    /// @param largestSingle   bytes sent in one request; larger files go in parts
    /// @param partBytes       of a part
    S3Files(
            S3Address address,
            S3Options options,
            InstantSource clock,
            S3Connection connection,
            S3Failures failures,
            Path temporaryFolder,
            long largestSingle,
            long partBytes) {
        this.address = address;
        this.options = options;
        this.clock = clock;
        this.connection = connection;
        this.failures = failures;
        this.temporaryFolder = temporaryFolder;
        this.largestSingle = largestSingle;
        this.partBytes = partBytes;
    }

    @Override
    public String location() {
        return address.location();
    }

    @Override
    public List<Entry> list(String folder) {
        String prefix = folder.isEmpty() ? address.key("") : key(folder) + "/";
        List<Entry> entries = new ArrayList<>();
        String from = null;
        try {
            do {
                String token = from;
                var page = Listings.read(names -> connection
                        .client()
                        .listObjectsV2(request -> request.bucket(address.bucket())
                                .prefix(prefix)
                                .encodingType(names)
                                .delimiter("/")
                                .continuationToken(token)));
                for (CommonPrefix inner : page.commonPrefixes()) {
                    String name = inner.prefix().substring(prefix.length());
                    entries.add(new Entry(name.substring(0, name.length() - 1), true, -1));
                }
                for (S3Object object : page.contents()) {
                    if (object.key().length() > prefix.length()) {
                        entries.add(new Entry(object.key().substring(prefix.length()), false, object.size()));
                    }
                }
                from = Boolean.TRUE.equals(page.isTruncated()) ? page.nextContinuationToken() : null;
                if (from != null && from.equals(token)) {
                    throw failures.failed(
                            Kind.OTHER, "list " + folder, "the server's listing goes round in circles", "", null);
                }
            } while (from != null);
            return entries;
        } catch (SdkException e) {
            throw failures.translate("list \"" + folder + "\"", e);
        }
    }

    @Override
    public <T extends @Nullable Object> T read(String path, BodyReader<T> reader) {
        try (ResponseInputStream<GetObjectResponse> body = connection
                .client()
                .getObject(request -> request.bucket(address.bucket()).key(key(path)))) {
            Long size = body.response().contentLength();
            if (size == null) {
                throw failures.failed(Kind.OTHER, "read " + path, "the server did not tell the length", "", null);
            }
            var exact = new ExactBody(body, size);
            try {
                return reader.read(exact);
            } catch (IOException e) {
                throw exact.broken()
                        ? failures.unreachable("read " + path, e)
                        : failures.failed(
                                Kind.OTHER, "use what was read of " + path, String.valueOf(e.getMessage()), "", e);
            } finally {
                exact.finish();
            }
        } catch (SdkException e) {
            throw failures.translate("read " + path, e);
        } catch (IOException e) {
            throw failures.unreachable("read " + path, e); // closing it
        }
    }

    @Override
    public void create(String path, Content content) {
        try (var spool = new Spool(temporaryFolder)) {
            content.writeTo(new Spooling(spool));
            long there = size(path);
            if (there == spool.size()) {
                return;
            }
            if (there >= 0) {
                throw new StorageException(
                        Kind.DENIED,
                        path + " is already there at " + address.location() + "; nothing was written",
                        "",
                        null);
            }
            send(path, spool);
        } catch (IOException | UncheckedIOException e) {
            throw unspooled(path, e);
        }
    }

    private StorageException unspooled(String path, Exception failure) {
        String hint = "make room in " + temporaryFolder + ", or set TMPDIR to another folder";
        return failures.failed(Kind.OTHER, "prepare " + path, String.valueOf(failure.getMessage()), hint, failure);
    }

    /// Where the right to list is bound to a prefix, Amazon refuses to tell of an object that is not there; the listing
    /// says it.
    ///
    /// @return -1 if the server says that there is no such object
    private long size(String path) {
        try {
            return connection
                    .client()
                    .headObject(request -> request.bucket(address.bucket()).key(key(path)))
                    .contentLength();
        } catch (AwsServiceException e) {
            if (e.statusCode() == 404 || (e.statusCode() == 403 && !isListed(path))) {
                return -1;
            }
            throw failures.translate("look up " + path, e);
        } catch (SdkException e) {
            throw failures.translate("look up " + path, e);
        }
    }

    private boolean isListed(String path) {
        int slash = path.lastIndexOf('/');
        String name = path.substring(slash + 1);
        return list(path.substring(0, Math.max(slash, 0))).stream()
                .anyMatch(entry -> entry.name().equals(name));
    }

    private void send(String path, Spool content) throws IOException {
        try {
            if (content.size() <= largestSingle) {
                sendWhole(path, content);
            } else {
                sendInParts(path, content);
            }
        } catch (SdkException e) {
            throw failures.translate("write " + path, e);
        }
    }

    private void sendWhole(String path, Spool content) throws IOException {
        String digest = md5(content, 0, content.size());
        var encryption = options.encryption();
        var retention = options.retention();
        connection
                .client()
                .putObject(
                        request -> request.bucket(address.bucket())
                                .key(key(path))
                                .contentType(CONTENT_TYPE)
                                .contentMD5(digest)
                                .storageClass(options.storageClass(false))
                                .serverSideEncryption(encryption == null ? null : encryption.algorithm())
                                .ssekmsKeyId(encryption == null ? null : encryption.key())
                                .objectLockMode(retention == null ? null : retention.mode())
                                .objectLockRetainUntilDate(until(retention)),
                        body(content, 0, content.size()));
    }

    private @Nullable Instant until(S3Options.@Nullable Retention retention) {
        return retention == null ? null : clock.instant().plus(retention.time());
    }

    private void sendInParts(String path, Spool content) throws IOException {
        var encryption = options.encryption();
        var retention = options.retention();
        String upload = connection
                .client()
                .createMultipartUpload(request -> request.bucket(address.bucket())
                        .key(key(path))
                        .contentType(CONTENT_TYPE)
                        .storageClass(options.storageClass(false))
                        .serverSideEncryption(encryption == null ? null : encryption.algorithm())
                        .ssekmsKeyId(encryption == null ? null : encryption.key())
                        .objectLockMode(retention == null ? null : retention.mode())
                        .objectLockRetainUntilDate(until(retention)))
                .uploadId();
        try {
            List<CompletedPart> parts = new ArrayList<>();
            long part = Math.max(partBytes, content.size() / 9_000 + 1);
            for (long offset = 0; offset < content.size(); offset += part) {
                long length = Math.min(part, content.size() - offset);
                parts.add(sendPart(path, upload, parts.size() + 1, content, offset, length));
            }
            connection
                    .client()
                    .completeMultipartUpload(request -> request.bucket(address.bucket())
                            .key(key(path))
                            .uploadId(upload)
                            .multipartUpload(all -> all.parts(parts)));
        } catch (SdkException e) {
            throw abandoned(path, upload, failures.translate("write " + path, e));
        }
    }

    private CompletedPart sendPart(String path, String upload, int number, Spool content, long offset, long length)
            throws IOException {
        String digest = md5(content, offset, length);
        String tag = connection
                .client()
                .uploadPart(
                        request -> request.bucket(address.bucket())
                                .key(key(path))
                                .uploadId(upload)
                                .partNumber(number)
                                .contentMD5(digest),
                        body(content, offset, length))
                .eTag();
        return CompletedPart.builder().partNumber(number).eTag(tag).build();
    }

    /// Parts cost money until somebody removes them; a lifecycle rule does if this does not work.
    private RepriseException abandoned(String path, String upload, RepriseException failure) {
        try {
            connection
                    .client()
                    .abortMultipartUpload(request ->
                            request.bucket(address.bucket()).key(key(path)).uploadId(upload));
        } catch (SdkException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private static String md5(Spool content, long offset, long length) throws IOException {
        try (InputStream bytes = content.open(offset, length)) {
            return ContentMd5.of(bytes);
        }
    }

    private static RequestBody body(Spool content, long offset, long length) {
        return RequestBody.fromContentProvider(() -> content.open(offset, length), length, CONTENT_TYPE);
    }

    @Override
    public void delete(String path) {
        try {
            connection
                    .client()
                    .deleteObject(request -> request.bucket(address.bucket()).key(key(path)));
        } catch (NoSuchKeyException e) {
            // S3 says nothing about it, some of its kin do.
        } catch (SdkException e) {
            throw failures.translate("delete " + path, e);
        }
    }

    @Override
    public @Nullable FolderMove folderMove() {
        return null;
    }

    @Override
    public void removeEmptyFolder(String folder) {}

    private String key(String path) {
        return address.key(PlainPath.require(path));
    }

    private static final class Spooling extends OutputStream {
        private final Spool spool;

        Spooling(Spool spool) {
            this.spool = spool;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            spool.append(bytes, offset, length);
        }
    }
}
