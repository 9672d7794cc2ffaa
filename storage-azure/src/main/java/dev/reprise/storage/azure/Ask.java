package dev.reprise.storage.azure;

import dev.reprise.storage.web.StuckWatch;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// One request, before it is signed. Not to be changed once it is sent; may be sent twice.
///
/// @param path    encoded
/// @param query   values not encoded
/// @param headers names in lower case
record Ask(
        String method,
        String path,
        NavigableMap<String, String> query,
        NavigableMap<String, String> headers,
        Content content) {
    /// @param open gives the same bytes at every call
    record Content(long length, Supplier<InputStream> open) {
        static final Content NONE = new Content(0, InputStream::nullInputStream);

        BodyPublisher publisher(StuckWatch watch) {
            return length == 0
                    ? BodyPublishers.noBody()
                    : BodyPublishers.fromPublisher(
                            BodyPublishers.ofInputStream(() -> watch.sending(open.get())), length);
        }
    }

    Ask(String method, String path) {
        this(method, path, new TreeMap<>(), new TreeMap<>(), Content.NONE);
    }

    Ask query(String name, String value) {
        query.put(name, value);
        return this;
    }

    /// @param value empty for not at all
    Ask header(String name, String value) {
        if (!value.isEmpty()) {
            headers.put(name, value);
        }
        return this;
    }

    Ask with(Content body) {
        return new Ask(method, path, query, headers, body);
    }

    /// Empty if it is not set.
    String header(String name) {
        return headers.getOrDefault(name, "");
    }
}
