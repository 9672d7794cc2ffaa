package dev.reprise.storage.url;

import dev.reprise.storage.Storage;
import dev.reprise.storage.bucket.Bucket;
import dev.reprise.storage.url.PlaceKind.PlaceOption;
import java.util.List;

/// Finds and opens the place a repository URL names.
@FunctionalInterface
public interface PlaceOpener {
    /// Opens the place without looking whether a repository is there. The caller closes it.
    ///
    /// @param url      in restic's syntax; a relative path is resolved now
    /// @param settings what the user said beside it
    /// @throws StorageUrlException if no place can be meant; never repeats what may be a password
    Storage open(String url, PlaceSettings settings);

    /// Opens a bucket as its users see it, repeating what fails for the moment. The caller closes it.
    ///
    /// @param url as that of a repository there: what lies below it
    /// @throws StorageUrlException if no bucket can be meant
    default Bucket bucket(String url, PlaceSettings settings) {
        return Places.LOCAL.bucket(url, settings);
    }

    /// Every option `-o` takes.
    default List<PlaceOption> options() {
        return Places.LOCAL.options();
    }
}
