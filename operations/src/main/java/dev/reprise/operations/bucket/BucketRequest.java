package dev.reprise.operations.bucket;

import dev.reprise.storage.bucket.Bucket;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/// A bucket that is to be saved.
///
/// @param name      of the source; the folder in the snapshot
/// @param opening   opens the bucket; asked in the run, which closes it
/// @param tags      when objects' tags are asked for
/// @param without   objects whose keys begin so are left out
/// @param temporary where a listing lies that memory should not hold
public record BucketRequest(
        String name, Supplier<Bucket> opening, TagReading tags, List<String> without, Path temporary) {
    /// Tags may change without the object's time or ETag telling.
    public enum TagReading {
        /// Of objects that are read, if the server counts any.
        CHANGED,
        /// Of every object in every run: one more request for each.
        ALWAYS,
        NEVER
    }
}
