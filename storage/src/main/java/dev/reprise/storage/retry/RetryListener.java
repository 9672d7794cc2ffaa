package dev.reprise.storage.retry;

import dev.reprise.storage.StorageException;
import java.time.Duration;

/// Told that an operation failed and will be repeated. Called by the thread that will wait, many at
/// a time.
@FunctionalInterface
public interface RetryListener {
    /// Tells nobody.
    RetryListener NONE = (operation, pause, reason) -> {};

    /// @param operation as restic names it: `Save(<data/40a9c0d6ba>)`
    /// @param pause     until the next attempt
    /// @param reason    why this one failed
    void retrying(String operation, Duration pause, StorageException reason);
}
