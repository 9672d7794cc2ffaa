package dev.reprise.storage.immutability;

import java.time.Duration;
import java.util.Locale;

/// How long and how firmly a place is asked to keep what is stored there.
///
/// @param mode `COMPLIANCE`, which nobody can undo, or `GOVERNANCE`, which those can who have the
///     right to
/// @param time counted from the upload
public record Promise(String mode, Duration time) {
    /// For people.
    public String describe() {
        return "%s mode, %d days".formatted(mode.toLowerCase(Locale.ROOT), time.toDays());
    }
}
