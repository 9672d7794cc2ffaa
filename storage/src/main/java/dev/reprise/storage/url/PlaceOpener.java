package dev.reprise.storage.url;

import dev.reprise.storage.Storage;
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

    /// Every option `-o` takes.
    default List<PlaceOption> options() {
        return Places.LOCAL.options();
    }
}
