package dev.reprise.sources;

import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/// What is known about a capture or a restored target, comparable value by value.
///
/// Keys are paths from the general to the particular: `app.public.orders`. Maps are never modified.
///
/// @param consistentAt the moment the data stands for
/// @param versions     of server, tools and formats: `server` → `15.19`
/// @param positions    database positions: `lsn` → `0/1A2B3C8`, `replication.offset` → `4711`
/// @param counts       rows per table, keys per database, files, bytes
/// @param digests      content digests, equal exactly when the content is equal
public record Facts(
        Instant consistentAt,
        SortedMap<String, String> versions,
        SortedMap<String, String> positions,
        SortedMap<String, Long> counts,
        SortedMap<String, String> digests) {
    public static final Facts NONE =
            new Facts(Instant.EPOCH, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
}
