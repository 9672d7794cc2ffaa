package dev.reprise.storage.s3;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.Storage.BodyReader;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.InvalidObjectStateException;

/// Reads objects and their sizes. A server that ignores a range, or ends a body early, is not believed.
final class S3Reading {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

    /// No object is larger; some servers take a range beyond it at its word.
    private static final long LARGEST_OBJECT = 1L << 50;

    private final S3Address address;
    private final S3Connection connection;
    private final S3Listing listing;
    private final S3Failures failures;
    private final Thawing thawing;
    private final @Nullable PastVersions past;

    S3Reading(S3Address address, S3Options options, S3Connection connection, S3Listing listing, S3Failures failures) {
        this(address, options, connection, listing, failures, null);
    }

    /// @param past which versions to read; null for the present ones
    S3Reading(
            S3Address address,
            S3Options options,
            S3Connection connection,
            S3Listing listing,
            S3Failures failures,
            @Nullable PastVersions past) {
        this.past = past;
        this.address = address;
        this.listing = listing;
        this.connection = connection;
        this.failures = failures;
        this.thawing = new Thawing(address, options.thaw(), connection, failures);
    }

    /// @return -1 if the server says that there is no such object
    long size(ObjectKey key) {
        if (past != null) {
            return past.of(key).map(PastVersions.Version::size).orElse(-1L);
        }
        try {
            return connection
                    .client()
                    .headObject(request -> request.bucket(address.bucket()).key(address.key(key.path())))
                    .contentLength();
        } catch (AwsServiceException e) {
            // an answer to HEAD has no body that could say more
            if (e.statusCode() == 404 || (e.statusCode() == 403 && listing.lacks(key))) {
                return -1;
            }
            throw failures.translate("look up " + key, e);
        } catch (SdkException e) {
            throw failures.translate("look up " + key, e);
        }
    }

    <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        if (offset < 0 || length < -1) {
            throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
        }
        if (length == 0) {
            return readNothing(key, offset, reader);
        }
        try (ResponseInputStream<GetObjectResponse> body = open(key, offset, length)) {
            long expected = expected(key, offset, length, body.response());
            var exact = new ExactBody(body, expected);
            try {
                return reader.read(exact);
            } catch (IOException e) {
                throw failed(key, exact, e);
            } finally {
                exact.finish();
            }
        } catch (AwsServiceException e) {
            if (e.statusCode() == 416) {
                return readPastEnd(key, offset, length, reader, e);
            }
            if (past == null && e.statusCode() == 403 && listing.lacks(key)) {
                throw absent(key, e);
            }
            throw failures.translate("read " + key, e);
        } catch (SdkException e) {
            throw failures.translate("read " + key, e);
        } catch (IOException e) {
            throw failures.unreachable("read " + key, e); // closing it
        }
    }

    private ResponseInputStream<GetObjectResponse> open(ObjectKey key, long offset, long length) {
        var request = GetObjectRequest.builder().bucket(address.bucket()).key(address.key(key.path()));
        if (past != null) {
            request.versionId(past.of(key)
                    .map(PastVersions.Version::id)
                    .orElseThrow(() -> failures.failed(
                            Kind.NOT_FOUND, "read " + key, "it was not there at " + past.moment(), "", null)));
        }
        if (offset > 0 || length > 0) {
            long first = Math.min(offset, LARGEST_OBJECT);
            long last = first + Math.min(length, LARGEST_OBJECT) - 1;
            request.range("bytes=" + first + "-" + (length < 0 ? "" : String.valueOf(last)));
        }
        try {
            return connection.client().getObject(request.build());
        } catch (InvalidObjectStateException e) {
            if (!thawing.wanted()) {
                throw e;
            }
            thawing.await(key);
            return connection.client().getObject(request.build());
        }
    }

    /// How many bytes the body must have.
    private long expected(ObjectKey key, long offset, long length, GetObjectResponse answer) {
        long size = answer.contentLength() == null ? -1 : answer.contentLength();
        String range = answer.contentRange();
        if (range == null) {
            return whole(key, offset, length, size);
        }
        Matcher matcher = CONTENT_RANGE.matcher(range);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) != offset) {
            throw failures.failed(Kind.OTHER, "read " + key, "the server sent another range", "", null);
        }
        long got = Long.parseLong(matcher.group(2)) - offset + 1;
        if (length >= 0 && got < length) {
            throw failures.tooShort(key, offset, length, matcher.group(3) + " bytes", null);
        }
        if ((length >= 0 && got > length) || (size >= 0 && size != got)) {
            throw failures.failed(Kind.OTHER, "read " + key, "the server sent another range", "", null);
        }
        return got;
    }

    /// A server may send everything instead of a range; that is of use only if the range begins at the start.
    private long whole(ObjectKey key, long offset, long length, long size) {
        if (offset > 0 || size < 0) {
            String reason = size < 0 ? "the server did not tell the length" : "the server ignored the range";
            throw failures.failed(Kind.OTHER, "read " + key, reason, "", null);
        }
        if (length > size) {
            throw failures.tooShort(key, offset, length, size + " bytes", null);
        }
        return length < 0 ? size : length;
    }

    private StorageException failed(ObjectKey key, ExactBody body, IOException failure) {
        if (body.broken()) {
            return failures.unreachable("read " + key, failure);
        }
        String reason = String.valueOf(failure.getMessage());
        return failures.failed(Kind.OTHER, "use what was read of " + key, reason, "", failure);
    }

    private <T extends @Nullable Object> T readNothing(ObjectKey key, long offset, BodyReader<T> reader) {
        long size = size(key);
        if (size < 0) {
            throw absent(key, null);
        }
        if (offset > size) {
            throw failures.tooShort(key, offset, 0, size + " bytes", null);
        }
        try {
            return reader.read(InputStream.nullInputStream());
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            throw failures.failed(Kind.OTHER, "use what was read of " + key, reason, "", e);
        }
    }

    private StorageException absent(ObjectKey key, @Nullable AwsServiceException answer) {
        return failures.failed(Kind.NOT_FOUND, "read " + key, "there is no such object", "", answer);
    }

    /// From the very end on there are no bytes, and servers refuse to send them.
    private <T extends @Nullable Object> T readPastEnd(
            ObjectKey key, long offset, long length, BodyReader<T> reader, AwsServiceException answer) {
        if (length < 0 && size(key) == offset) {
            return readNothing(key, offset, reader);
        }
        throw failures.tooShort(key, offset, length, "fewer bytes", answer);
    }
}
