package dev.reprise.cli.restic;

import dev.reprise.operations.check.PackSelection;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The forms of `--read-data-subset` (repository format, section 10.3): `n/t`, `x%`, and a size such as `500M`.
final class ReadDataSubset {
    private static final Pattern GROUP = Pattern.compile("(\\d+)/(\\d+)");
    private static final Pattern NUMBERS = Pattern.compile("\\d+(/\\d+)*");
    private static final int MOST_GROUPS = 256;
    private static final String UNITS = "BKMGT";
    private static final String INVALID = "check flag --read-data-subset has invalid value, please see documentation";

    private ReadDataSubset() {}

    /// @throws FatalException if it is none of the forms
    static PackSelection parse(String text, Random random) {
        Matcher group = GROUP.matcher(text);
        if (group.matches()) {
            return group(number(group.group(1)), number(group.group(2)));
        }
        if (NUMBERS.matcher(text).matches()) {
            throw new FatalException(INVALID); // one number, or three
        }
        return text.endsWith("%")
                ? new PackSelection.Share(percent(text.substring(0, text.length() - 1)), random)
                : new PackSelection.Amount(bytes(text), random);
    }

    private static PackSelection group(long number, long of) {
        if (number == 0 || of == 0 || number > of) {
            throw new FatalException("check flag --read-data-subset=n/t values must be positive integers, and n <= t,"
                    + " e.g. --read-data-subset=1/2");
        }
        if (of > MOST_GROUPS) {
            throw new FatalException("check flag --read-data-subset=n/t t must be at most " + MOST_GROUPS);
        }
        return new PackSelection.Group((int) number, (int) of);
    }

    private static double percent(String text) {
        double percent;
        try {
            percent = Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new FatalException(INVALID);
        }
        if (!(percent > 0 && percent <= 100)) {
            throw new FatalException("check flag --read-data-subset=x% x must be above 0.0% and at most 100.0%");
        }
        return percent;
    }

    private static long bytes(String text) {
        int unit = text.isEmpty()
                ? -1
                : UNITS.indexOf(text.substring(text.length() - 1).toUpperCase(Locale.ROOT));
        if (unit < 0) {
            throw new FatalException(INVALID);
        }
        long bytes;
        try {
            bytes = Math.multiplyExact(number(text.substring(0, text.length() - 1)), 1L << (10 * unit));
        } catch (ArithmeticException e) {
            throw new FatalException(INVALID);
        }
        if (bytes <= 0) {
            throw new FatalException("check flag --read-data-subset=n n must be above 0");
        }
        return bytes;
    }

    private static long number(String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw new FatalException(INVALID);
        }
    }
}
