package dev.reprise.sources.redis;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/// What an RDB holds: keys per database, by type and with or without an expiry, and digests of them.
///
/// Keys in `counts` are `db0`, `db0.expires`, `db0.persistent`, `db0.hash`, `db0.hash.expires` and so on, and
/// `functions`; keys in `digests` are `db0` and `db0.persistent`. Keys with an expiry vanish as time goes by:
/// the persistent ones can be compared at any time.
final class RdbCensus {
    enum Kind {
        STRING,
        LIST,
        SET,
        ZSET,
        HASH,
        STREAM,
        MODULE
    }

    private final SortedMap<String, Long> counts = new TreeMap<>();
    private final SortedMap<String, ContentDigest> digests = new TreeMap<>();
    private final boolean digesting;

    RdbCensus(boolean digesting) {
        this.digesting = digesting;
    }

    /// @param expiry milliseconds since 1970, or -1
    /// @param value  digest of the value; ignored unless digesting
    void key(long database, Kind kind, byte[] key, long expiry, byte[] value) {
        String db = "db" + database;
        String type = db + "." + kind.name().toLowerCase(Locale.ROOT);
        count(db);
        count(type);
        if (expiry >= 0) {
            count(db + ".expires");
            count(type + ".expires");
        } else {
            count(db + ".persistent");
        }
        if (digesting) {
            byte[] digest = new ContentDigest.Parts()
                    .add(type.getBytes(StandardCharsets.UTF_8))
                    .add(key)
                    .add(expiry)
                    .add(value)
                    .take();
            digest(db).add(digest);
            if (expiry < 0) {
                digest(db + ".persistent").add(digest);
            }
        }
    }

    private ContentDigest digest(String of) {
        return digests.computeIfAbsent(of, _ -> new ContentDigest());
    }

    void function() {
        count("functions");
    }

    private void count(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    SortedMap<String, Long> counts() {
        return counts;
    }

    SortedMap<String, String> digests() {
        var texts = new TreeMap<String, String>();
        digests.forEach((of, digest) -> texts.put(of, digest.toString()));
        return texts;
    }
}
