package dev.reprise.storage.bucket;

import dev.reprise.storage.spool.Spool;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Objects of one bucket, or of what lies below a prefix in it. Keys are relative to that prefix and may be any text,
/// also empty. Safe for many threads.
///
/// A place makes one attempt at each operation; [RetryingBucket] repeats. Everything throws [BucketException], and
/// [BucketException.Kind#NOT_FOUND] only if the server said so.
public interface Bucket extends AutoCloseable {
    /// For people, without credentials.
    String location();

    /// Requests at a time that its settings allow.
    int connections();

    /// Some objects, in any order; the same one may be told of again by a later page.
    ///
    /// @param prefix what keys begin with; may end anywhere
    /// @param from   [Page#next()] of the page before; null for the first
    Page list(String prefix, @Nullable String from);

    /// Reads an object from `offset` to its end into the sink; returns when every byte was handed over.
    ///
    /// @param etag what it must still be, else [BucketException.Kind#CHANGED]; empty for whatever it is
    void read(String key, long offset, String etag, Sink sink);

    /// What an object is, without reading it. Tags are not told.
    Found look(String key);

    /// @param version that [Found] told; empty for the current one
    SortedMap<String, String> tags(String key, String version);

    /// Stores an object in one request. It is there whole or not at all, and the server has compared its digest.
    ///
    /// @param createOnly fail with [BucketException.Kind#CHANGED] if there is one; not every server heeds it, and
    ///                   those that say so fail with [BucketException.Kind#UNSUPPORTED]
    /// @return its ETag without quotes; empty if the server told none
    String write(String key, Properties properties, Spool content, boolean createOnly);

    /// Begins to store an object in parts. Nothing is visible before [Upload#complete].
    Upload begin(String key, Properties properties);

    /// Removes an object; one that is not there is no error. In a bucket with versions it is only hidden.
    void delete(String key);

    @Override
    void close();

    /// @param next where the following page begins; null at the end
    record Page(List<Listed> objects, @Nullable String next) {}

    /// What a listing tells of an object.
    ///
    /// @param size         bytes
    /// @param etag         without quotes; empty if not told, as is `storageClass`
    /// @param modified     some servers tell it to the second only
    record Listed(String key, long size, String etag, Instant modified, String storageClass) {}

    /// What an answer tells of one object.
    ///
    /// @param size         bytes of the whole object
    /// @param etag         without quotes; empty if not told, as are `version` and `storageClass`
    /// @param tags         how many it has; -1 if not told
    /// @param missing      entries of its metadata that no answer can hold
    /// @param properties   without tags
    record Found(
            long size,
            String etag,
            String version,
            Instant modified,
            String storageClass,
            int tags,
            int missing,
            Properties properties) {}

    /// What is kept beside an object's bytes. Immutable.
    ///
    /// @param headers  by lower-case name, of [#HEADERS]
    /// @param metadata the user's, by lower-case name without `x-amz-meta-`
    /// @param tags     by key
    record Properties(Map<String, String> headers, Map<String, String> metadata, Map<String, String> tags) {
        /// Those that are kept and set again.
        public static final List<String> HEADERS = List.of(
                "cache-control",
                "content-disposition",
                "content-encoding",
                "content-language",
                "content-type",
                "expires",
                "website-redirect-location");

        public static final Properties NONE = new Properties(Map.of(), Map.of(), Map.of());

        public Properties {
            headers = Map.copyOf(headers);
            metadata = Map.copyOf(metadata);
            tags = Map.copyOf(tags);
        }

        public Properties withTags(Map<String, String> other) {
            return new Properties(headers, metadata, other);
        }
    }

    /// Takes an object as it is read. What it throws comes out unchanged.
    interface Sink {
        /// Called once, before any bytes.
        void begin(Found found);

        /// Called in order; the array is the caller's again afterwards.
        void bytes(byte[] buffer, int offset, int length);
    }

    /// An object that is being stored in parts. Belongs to one thread at a time.
    interface Upload {
        /// Sends a part; all but the last have the same length, at least 5 MiB. Sending one again replaces it.
        ///
        /// @param number from 1 to 10 000
        void part(int number, Spool content);

        /// Makes the object visible.
        ///
        /// @param createOnly as in [Bucket#write]
        /// @return as [Bucket#write]
        String complete(boolean createOnly);

        /// Removes what was sent.
        void abort();
    }
}
