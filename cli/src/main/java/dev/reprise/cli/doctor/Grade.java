package dev.reprise.cli.doctor;

import java.util.Locale;

/// What a finding means.
enum Grade {
    OK,
    /// Works, and is not wise.
    WARNING,
    /// Does not work.
    PROBLEM,
    /// Nobody knows: it could not be tried.
    NOT_EXAMINED;

    /// `ok`, `not examined`.
    String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// `not_examined`.
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
