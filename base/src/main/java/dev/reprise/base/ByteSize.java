package dev.reprise.base;

import java.math.BigDecimal;
import java.util.Locale;

/// An amount of data in bytes. Never negative.
///
/// @param bytes the amount
public record ByteSize(long bytes) implements Comparable<ByteSize> {
    private static final String UNITS = "KMGTPE";

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("size must not be negative: " + bytes + " bytes");
        }
    }

    public static ByteSize ofKibibytes(long kibibytes) {
        return new ByteSize(Math.multiplyExact(kibibytes, 1L << 10));
    }

    public static ByteSize ofMebibytes(long mebibytes) {
        return new ByteSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    /// Reads `512`, `16M`, `16MiB`, `1.5 GiB`, `50m`. Every unit is a power of 1024, as in restic.
    ///
    /// @throws IllegalArgumentException if the text is no such size or does not fit 63 bits; repeats the text
    public static ByteSize parse(String text) {
        String trimmed = text.strip();
        int end = 0;
        while (end < trimmed.length() && (Character.isDigit(trimmed.charAt(end)) || trimmed.charAt(end) == '.')) {
            end++;
        }
        String unit = trimmed.substring(end).strip().toUpperCase(Locale.ROOT);
        try {
            BigDecimal factor = new BigDecimal(1L << (10 * power(unit)));
            return new ByteSize(new BigDecimal(trimmed.substring(0, end))
                    .multiply(factor)
                    .toBigInteger()
                    .longValueExact());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a size (expected like 512, 16MiB or 1.5G): " + text, e);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("size is too large: " + text, e);
        }
    }

    private static int power(String unit) {
        String letter = unit.endsWith("IB") ? unit.substring(0, unit.length() - 2) : unit;
        if (letter.isEmpty() || letter.equals("B")) {
            if (unit.equals("IB")) {
                throw new NumberFormatException(unit);
            }
            return 0;
        }
        String bare = letter.length() == 2 && letter.endsWith("B") ? letter.substring(0, 1) : letter;
        int power = bare.length() == 1 ? UNITS.indexOf(bare.charAt(0)) : -1;
        if (power < 0) {
            throw new NumberFormatException(unit);
        }
        return power + 1;
    }

    /// Largest binary unit with one decimal, for people: `16.0 MiB`. Machines get [#bytes()].
    @Override
    public String toString() {
        if (bytes < 1024) {
            return bytes + " B";
        }
        int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
        return String.format(Locale.ROOT, "%.1f %ciB", bytes / (double) (1L << (unit * 10)), UNITS.charAt(unit - 1));
    }

    @Override
    public int compareTo(ByteSize other) {
        return Long.compare(bytes, other.bytes);
    }
}
