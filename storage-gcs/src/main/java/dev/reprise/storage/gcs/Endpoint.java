package dev.reprise.storage.gcs;

import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.StorageUrlException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Where the service is, and the addresses of its requests.
///
/// @param base     such as `https://storage.googleapis.com`
/// @param emulator whether it is a test server that may need no credentials
record Endpoint(String base, boolean emulator) {
    private static final String EMULATOR = "STORAGE_EMULATOR_HOST";

    /// `STORAGE_EMULATOR_HOST` is read as Google's libraries read it: a host with a port, or a
    /// URL whose path does not count.
    static Endpoint of(PlaceSettings settings) {
        String host = settings.variable(EMULATOR);
        if (host.isEmpty()) {
            return new Endpoint("https://storage.googleapis.com", false);
        }
        try {
            URI uri = URI.create(host.contains("://") ? host : "http://" + host);
            if (uri.getHost() != null) {
                return new Endpoint(uri.getScheme() + "://" + uri.getAuthority(), true);
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new StorageUrlException(EMULATOR + " is no address", "write it as http://127.0.0.1:4443", null);
    }

    URI buckets(String project) {
        return URI.create(base + "/storage/v1/b?project=" + encoded(project));
    }

    URI bucket(String bucket) {
        return URI.create(base + "/storage/v1/b/" + encoded(bucket) + "?fields=name");
    }

    URI object(String bucket, String name, String query) {
        return URI.create(base + "/storage/v1/b/" + encoded(bucket) + "/o/" + encoded(name) + query);
    }

    URI page(String bucket, String prefix, String token) {
        String from = token.isEmpty() ? "" : "&pageToken=" + encoded(token);
        return URI.create(base + "/storage/v1/b/" + encoded(bucket) + "/o?maxResults=1000&prefix=" + encoded(prefix)
                + "&fields=" + encoded("nextPageToken,items(name,size)") + from);
    }

    /// @param createOnly whether the service refuses when the object exists
    URI upload(String bucket, boolean createOnly) {
        String condition = createOnly ? "&ifGenerationMatch=0" : "";
        return URI.create(
                base + "/upload/storage/v1/b/" + encoded(bucket) + "/o?uploadType=multipart&fields=size" + condition);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
