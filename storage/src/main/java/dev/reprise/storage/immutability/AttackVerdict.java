package dev.reprise.storage.immutability;

import java.util.List;

/// What a place made of attacks on an object of ours, with the credentials in use.
///
/// @param answer   the sentence on it
/// @param attempts what was tried, in order; empty if nothing could be
/// @param detail   for people: why it could not be tried, or where the object lies that had to stay
public record AttackVerdict(Answer answer, List<Attempt> attempts, String detail) {
    /// Only [#KEPT] may be relied on.
    public enum Answer {
        /// No attempt had an effect on what has to stay.
        KEPT,
        /// It promised to keep the object and gave way.
        LIES,
        /// An attempt succeeded against no promise: nothing keeps objects there, or these
        /// credentials may undo it.
        OPEN,
        /// It has nothing of the kind.
        UNSUPPORTED
    }

    /// What came of one attempt, by a later look and not by the answer alone.
    public enum Effect {
        /// The place said no, and nothing happened.
        REFUSED,
        /// The place said yes, and what has to stay is still there: hidden behind a marker, or
        /// behind a newer version.
        SURVIVED,
        /// It had its effect.
        DONE
    }

    /// @param what   as in "tried to …"
    /// @param effect what a look afterwards found
    /// @param said   the place's answer, such as `403 AccessDenied`
    public record Attempt(String what, Effect effect, String said) {}

    public AttackVerdict {
        attempts = List.copyOf(attempts);
    }

    /// Those attempts that came to that.
    public List<Attempt> attempts(Effect effect) {
        return attempts.stream().filter(attempt -> attempt.effect() == effect).toList();
    }
}
