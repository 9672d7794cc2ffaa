package dev.reprise.storage.immutability;

import java.util.List;

/// What a place made of attacks on an object it had promised to keep.
///
/// @param answer the sentence on it
/// @param broken the attacks that had an effect, for people; empty unless it lies
/// @param detail for people: why it could not be tried, or where the object lies that had to stay
public record ObjectLockVerdict(Answer answer, List<String> broken, String detail) {
    /// Only [#KEPT] may be relied on.
    public enum Answer {
        /// Every attack was refused and the object is unharmed.
        KEPT,
        /// It accepted the retention and gave way.
        LIES,
        /// The place or the bucket keeps nothing, or the credentials do not allow to try.
        UNSUPPORTED
    }

    public ObjectLockVerdict {
        broken = List.copyOf(broken);
    }
}
