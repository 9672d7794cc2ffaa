package dev.reprise.storage.s3;

import dev.reprise.storage.bucket.Bucket.Found;
import dev.reprise.storage.bucket.Bucket.Properties;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/// What S3 keeps beside an object's bytes, in its answers and for its requests.
final class BucketProperties {
    private BucketProperties() {}

    /// @param size of the whole object: the answer may be about a part
    static Found found(GetObjectResponse answer, long size) {
        var headers = new HashMap<String, String>();
        put(headers, "cache-control", answer.cacheControl());
        put(headers, "content-disposition", answer.contentDisposition());
        put(headers, "content-encoding", answer.contentEncoding());
        put(headers, "content-language", answer.contentLanguage());
        put(headers, "content-type", answer.contentType());
        put(headers, "expires", answer.expiresString());
        put(headers, "website-redirect-location", answer.websiteRedirectLocation());
        return new Found(
                size,
                plainEtag(answer.eTag()),
                text(answer.versionId()),
                Objects.requireNonNullElse(answer.lastModified(), Instant.EPOCH),
                text(answer.storageClassAsString()),
                answer.tagCount() == null ? -1 : answer.tagCount(),
                answer.missingMeta() == null ? 0 : answer.missingMeta(),
                new Properties(headers, lowerCase(answer.metadata()), Map.of()));
    }

    static Found found(HeadObjectResponse answer) {
        var headers = new HashMap<String, String>();
        put(headers, "cache-control", answer.cacheControl());
        put(headers, "content-disposition", answer.contentDisposition());
        put(headers, "content-encoding", answer.contentEncoding());
        put(headers, "content-language", answer.contentLanguage());
        put(headers, "content-type", answer.contentType());
        put(headers, "expires", answer.expiresString());
        put(headers, "website-redirect-location", answer.websiteRedirectLocation());
        return new Found(
                answer.contentLength() == null ? -1 : answer.contentLength(),
                plainEtag(answer.eTag()),
                text(answer.versionId()),
                Objects.requireNonNullElse(answer.lastModified(), Instant.EPOCH),
                text(answer.storageClassAsString()),
                -1,
                answer.missingMeta() == null ? 0 : answer.missingMeta(),
                new Properties(headers, lowerCase(answer.metadata()), Map.of()));
    }

    static void set(PutObjectRequest.Builder request, Properties properties) {
        Map<String, String> headers = properties.headers();
        request.cacheControl(headers.get("cache-control"))
                .contentDisposition(headers.get("content-disposition"))
                .contentEncoding(headers.get("content-encoding"))
                .contentLanguage(headers.get("content-language"))
                .contentType(headers.get("content-type"))
                .websiteRedirectLocation(headers.get("website-redirect-location"))
                .metadata(properties.metadata())
                .tagging(tagging(properties.tags()));
        String expires = headers.get("expires");
        if (expires != null) { // as text: not all that servers keep is a date
            request.overrideConfiguration(raw -> raw.putHeader("Expires", expires));
        }
    }

    static void set(CreateMultipartUploadRequest.Builder request, Properties properties) {
        Map<String, String> headers = properties.headers();
        request.cacheControl(headers.get("cache-control"))
                .contentDisposition(headers.get("content-disposition"))
                .contentEncoding(headers.get("content-encoding"))
                .contentLanguage(headers.get("content-language"))
                .contentType(headers.get("content-type"))
                .websiteRedirectLocation(headers.get("website-redirect-location"))
                .metadata(properties.metadata())
                .tagging(tagging(properties.tags()));
        String expires = headers.get("expires");
        if (expires != null) {
            request.overrideConfiguration(raw -> raw.putHeader("Expires", expires));
        }
    }

    private static @Nullable String tagging(Map<String, String> tags) {
        return tags.isEmpty()
                ? null
                : tags.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey(Comparator.naturalOrder()))
                        .map(tag -> SdkHttpUtils.urlEncode(tag.getKey()) + "=" + SdkHttpUtils.urlEncode(tag.getValue()))
                        .collect(Collectors.joining("&"));
    }

    private static Map<String, String> lowerCase(Map<String, String> metadata) {
        var lower = new HashMap<String, String>();
        metadata.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
        return lower;
    }

    private static void put(Map<String, String> headers, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            headers.put(name, value);
        }
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }

    /// Without its quotes and without the mark of a weak one, which is of no use here.
    static String plainEtag(@Nullable String etag) {
        if (etag == null || etag.startsWith("W/")) {
            return "";
        }
        boolean quoted = etag.length() >= 2 && etag.startsWith("\"") && etag.endsWith("\"");
        return quoted ? etag.substring(1, etag.length() - 1) : etag;
    }
}
