package dev.reprise.storage.immutability;

import dev.reprise.storage.ObjectKey;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A place that can keep objects against everybody, its owner included. Safe for use by many threads.
/// Every method throws [StorageException][dev.reprise.storage.StorageException] as the place's other
/// operations do.
///
/// Asked of a storage by [capability][dev.reprise.storage.Storage#capability].
public interface Immutability {
    /// @return what is asked of the place for every upload; null for nothing
    @Nullable
    Promise promise();

    /// Keeps the present version of an object at least until then; one that is kept longer
    /// already stays so.
    ///
    /// @throws dev.reprise.storage.StorageException `NOT_FOUND` if there is no such object,
    ///     `DENIED` if the credentials may not, `OTHER` if the place keeps nothing
    void retainUntil(ObjectKey key, Instant until);

    /// @return until when the present version of an object is kept; null if it is not
    /// @throws dev.reprise.storage.StorageException `NOT_FOUND` if there is no such object,
    ///     `DENIED` if the credentials may not ask
    @Nullable
    Instant retainedUntil(ObjectKey key);

    /// Lets several writers create the same new object, each only if nobody has. Writes below
    /// `reprise/probe/` and removes it.
    ///
    /// @param writers at a time, 2 to 64
    CreateOnlyVerdict probeCreateOnly(int writers);

    /// Writes a small object as uploads are written, kept as they are, and attacks it: overwrites
    /// it, deletes it and its version, shortens, weakens and removes its retention. Only what a
    /// later look still finds counts, whatever the place answered. The object lies below
    /// `reprise/probe/`; where it is kept it cannot be removed before its time.
    ///
    /// @param retention how long it is kept; an hour or more is safe, for servers' clocks differ,
    ///     and one that differs by more than a quarter of an hour lets nobody in
    AttackVerdict attack(Duration retention);
}
