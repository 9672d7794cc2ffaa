package dev.reprise.cli.restic;

import java.util.Locale;

/// Amounts of bytes as restic's flags take them.
final class ResticSize {
    private static final String UNITS = "KMGT";

    private ResticSize() {}

    /// `512`, `100K`, `3m`, `1G`, `2T`: whole numbers, every unit a power of 1024.
    ///
    /// @throws FatalException if it is none
    static long parse(String text) {
        int unit = text.isEmpty()
                ? -1
                : UNITS.indexOf(text.substring(text.length() - 1).toUpperCase(Locale.ROOT));
        String digits = unit < 0 ? text : text.substring(0, text.length() - 1);
        try {
            return Math.multiplyExact(Long.parseLong(digits), 1L << (10 * (unit + 1)));
        } catch (ArithmeticException | NumberFormatException e) {
            throw new FatalException("invalid size \"" + text + "\", expected a whole number such as 512, 100K or 3G");
        }
    }
}
