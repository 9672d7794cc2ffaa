package dev.reprise.storage.immutability;

import dev.reprise.storage.ObjectKey;

/// A server that may have been told to let objects only be added. Safe for use by many threads.
///
/// Asked of a storage by [capability][dev.reprise.storage.Storage#capability].
public interface AppendOnly {
    /// Tries to delete and to overwrite an object that nobody needs, and asks for the deletion of
    /// names of restic's types that do not exist: a server that only adds refuses to even look
    /// for them. No other object is touched.
    ///
    /// @param probe an object of ours; it is gone afterwards if the server lets it
    /// @throws dev.reprise.storage.StorageException if the server does not answer, or has no such
    ///     object
    AttackVerdict attack(ObjectKey probe);
}
