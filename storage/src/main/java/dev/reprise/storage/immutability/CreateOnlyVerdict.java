package dev.reprise.storage.immutability;

/// What a place made of several writers that each wanted to be the first.
///
/// @param answer  the sentence on it
/// @param writers who tried
/// @param winners who were told they had created the object
/// @param detail  for people: the answer that decided, empty if there is nothing to add
public record CreateOnlyVerdict(Answer answer, int writers, int winners, String detail) {
    /// Only [#ATOMIC] may be relied on.
    public enum Answer {
        /// Exactly one won and all others were refused.
        ATOMIC,
        /// Nobody was refused: the condition means nothing here.
        IGNORED,
        /// Several won, or none.
        RACY,
        /// The place does not take the condition, or the credentials do not allow to try.
        UNSUPPORTED
    }
}
