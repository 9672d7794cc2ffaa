package dev.reprise.storage.url;

import dev.reprise.storage.Storage;
import dev.reprise.storage.bucket.Bucket;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One kind of place that a repository URL may name: its scheme, and how it is opened.
public interface PlaceKind {
    /// What stands before the first colon of its URLs, such as `s3`.
    String scheme();

    /// The options `-o` takes for it. Any other that begins with its scheme is refused.
    default List<PlaceOption> options() {
        return List.of();
    }

    /// Opens the place without looking whether a repository is there, and without waiting for the network where that
    /// can be put off. The storage makes one attempt at each operation; whoever asked adds retrying.
    ///
    /// @param address  what follows the scheme and its colon
    /// @param settings what the user said beside the URL
    /// @throws StorageUrlException if the address names no place; the message never repeats what may be a password
    Storage open(String address, PlaceSettings settings);

    /// Opens the objects there as their users see them; as [#open].
    ///
    /// @return null if places of this kind hold no buckets
    default @Nullable Bucket bucket(String address, PlaceSettings settings) {
        return null;
    }

    /// An option as `-o name=value` gives it.
    ///
    /// @param name        whole, such as `s3.connections`
    /// @param description one line for people, with the default
    record PlaceOption(String name, String description) {}
}
