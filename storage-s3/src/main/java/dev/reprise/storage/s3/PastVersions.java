package dev.reprise.storage.s3;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.StorageException.Kind;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.ListObjectVersionsResponse;

/// Which version of an object was the present one at a moment, by the store's clock. What was
/// written or hidden behind a marker later does not count. Safe for use by many threads.
final class PastVersions {
    /// Objects whose version is remembered: 200 bytes each.
    private static final int REMEMBERED = 16 * 1024;

    private static final Version ABSENT = new Version("", -1);

    private final S3Address address;
    private final S3Connection connection;
    private final S3Failures failures;
    private final Instant moment;
    private final Map<String, Version> known = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Version> eldest) {
            return size() > REMEMBERED;
        }
    };

    /// @param moment later versions do not count
    PastVersions(S3Address address, S3Connection connection, S3Failures failures, Instant moment) {
        this.address = address;
        this.connection = connection;
        this.failures = failures;
        this.moment = moment;
    }

    /// @param id   empty for a version that was written while the bucket kept none: `null` is its
    ///     id then
    /// @param size in bytes
    record Version(String id, long size) {}

    Instant moment() {
        return moment;
    }

    /// @return empty if the object was not there
    Optional<Version> of(ObjectKey key) {
        String name = address.key(key.path());
        Version found = remembered(name);
        if (found == null) {
            var only = new AtomicReference<>(ABSENT);
            list("look up " + key, name, false, (listed, version) -> {
                if (listed.equals(name)) {
                    only.set(version);
                }
            });
            found = only.get();
            remember(name, found);
        }
        return found.equals(ABSENT) ? Optional.empty() : Optional.of(found);
    }

    private synchronized @Nullable Version remembered(String name) {
        return known.get(name);
    }

    private synchronized void remember(String name, Version found) {
        known.put(name, found);
    }

    /// @param deep whether also what lies below further slashes
    /// @param found told of every key that was there, and its version
    void list(String what, String prefix, boolean deep, BiConsumer<String, Version> found) {
        NavigableMap<String, Newest> open = new TreeMap<>();
        @Nullable String key = null;
        @Nullable String id = null;
        do {
            ListObjectVersionsResponse page = page(what, prefix, deep, key, id);
            page.versions()
                    .forEach(version -> open.computeIfAbsent(version.key(), _ -> new Newest())
                            .add(version.lastModified(), new Version(version.versionId(), version.size()), moment));
            page.deleteMarkers()
                    .forEach(marker -> open.computeIfAbsent(marker.key(), _ -> new Newest())
                            .add(marker.lastModified(), null, moment));
            boolean more = Boolean.TRUE.equals(page.isTruncated());
            String next = page.nextKeyMarker();
            String nextId = page.nextVersionIdMarker();
            if (more
                    && (next == null
                            || (next.equals(key) && String.valueOf(nextId).equals(String.valueOf(id))))) {
                throw failures.failed(
                        Kind.OTHER, what, "the server's listing of versions goes round in circles", "", null);
            }
            tell(more ? open.headMap(String.valueOf(next), false) : open, found);
            key = more ? next : null;
            id = more ? nextId : null;
        } while (key != null);
    }

    private ListObjectVersionsResponse page(
            String what, String prefix, boolean deep, @Nullable String key, @Nullable String id) {
        try {
            return Listings.read(names -> connection
                    .client()
                    .listObjectVersions(request -> request.bucket(address.bucket())
                            .prefix(prefix)
                            .encodingType(names)
                            .delimiter(deep ? null : "/")
                            .keyMarker(key)
                            .versionIdMarker(id)));
        } catch (SdkException e) {
            throw failures.translate(what, e);
        }
    }

    /// Names that are complete: their other versions come on no later page.
    private static void tell(NavigableMap<String, Newest> complete, BiConsumer<String, Version> found) {
        complete.forEach((key, newest) -> {
            Version version = newest.version;
            if (version != null) {
                found.accept(key, version);
            }
        });
        complete.clear();
    }

    /// The newest of what was there at the moment. Of a version and a marker of the same second
    /// the version counts: better something too many than a hole.
    private static final class Newest {
        private @Nullable Instant at;
        private @Nullable Version version;

        /// @param candidate null for a marker
        void add(Instant when, @Nullable Version candidate, Instant moment) {
            Instant best = at;
            boolean later = best == null || when.isAfter(best) || (when.equals(best) && version == null);
            if (!when.isAfter(moment) && later) {
                at = when;
                version = candidate;
            }
        }
    }
}
