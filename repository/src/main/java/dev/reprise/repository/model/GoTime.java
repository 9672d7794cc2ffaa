package dev.reprise.repository.model;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// An instant with a zone offset, as Go writes it into JSON: RFC 3339 with nanoseconds (repository format,
/// section 7.4).
///
/// @param epochSecond   seconds since 1970, any value
/// @param nano          0 to 999,999,999
/// @param offsetSeconds local time minus UTC at that instant; less than 25 hours either way
public record GoTime(long epochSecond, int nano, int offsetSeconds) {
    /// Longest text: `9999-12-31T23:59:59.999999999-24:59`.
    static final int MAX_LENGTH = 35;

    private static final int SECONDS_PER_DAY = 86_400;
    private static final int DAYS_PER_400_YEARS = 146_097;
    /// Days from 0000-03-01 to 1970-01-01.
    private static final int DAYS_TO_EPOCH = 719_468;

    public GoTime {
        if (nano < 0 || nano > 999_999_999) {
            throw new IllegalArgumentException("nanoseconds must be 0 to 999999999, were " + nano);
        }
        if (Math.abs(offsetSeconds) >= 25 * 3600) {
            throw new IllegalArgumentException("zone offset must be below 25 hours, was " + offsetSeconds + " s");
        }
    }

    /// The text Go writes. Seconds of the offset are dropped while the wall clock keeps them, and a year outside
    /// 0 to 9999 becomes the nearest of the two with month, day and time unchanged: both lose information on
    /// purpose, because restic does the same and ids depend on it.
    public static String format(long epochSecond, int nano, int offsetSeconds) {
        byte[] text = new byte[MAX_LENGTH];
        int length = new GoTime(epochSecond, nano, offsetSeconds).writeTo(text, 0);
        return new String(text, 0, length, StandardCharsets.US_ASCII);
    }

    /// Reads RFC 3339 with any offset and any number of fractional digits; digits after the ninth are dropped.
    ///
    /// @throws IllegalArgumentException if the text is not that, or names a day or time that does not exist;
    /// repeats the text
    public static GoTime parse(String text) {
        return new Reader(text).time();
    }

    /// The instant with the offset a zone has then.
    public static GoTime at(Instant instant, ZoneId zone) {
        int offset = zone.getRules().getOffset(instant).getTotalSeconds();
        return new GoTime(instant.getEpochSecond(), instant.getNano(), offset);
    }

    public static GoTime of(OffsetDateTime time) {
        return new GoTime(time.toEpochSecond(), time.getNano(), time.getOffset().getTotalSeconds());
    }

    /// The same instant; an offset beyond the 18 hours Java allows becomes UTC.
    public OffsetDateTime toOffsetDateTime() {
        boolean allowed = Math.abs(offsetSeconds) <= ZoneOffset.MAX.getTotalSeconds();
        return OffsetDateTime.ofInstant(
                Instant.ofEpochSecond(epochSecond, nano),
                allowed ? ZoneOffset.ofTotalSeconds(offsetSeconds) : ZoneOffset.UTC);
    }

    public boolean sameInstant(GoTime other) {
        return epochSecond == other.epochSecond && nano == other.nano;
    }

    @Override
    public String toString() {
        return format(epochSecond, nano, offsetSeconds);
    }

    /// Writes at most [#MAX_LENGTH] ASCII bytes at `at`.
    ///
    /// @return index after the last byte written
    int writeTo(byte[] out, int at) {
        // The day first, then the offset: the sum of the two could overflow.
        long day = Math.floorDiv(epochSecond, SECONDS_PER_DAY);
        int second = Math.floorMod(epochSecond, SECONDS_PER_DAY) + offsetSeconds;
        day += Math.floorDiv(second, SECONDS_PER_DAY);
        second = Math.floorMod(second, SECONDS_PER_DAY);
        int next = writeDate(out, at, day);
        out[next++] = 'T';
        next = twoDigits(out, next, second / 3600);
        out[next++] = ':';
        next = twoDigits(out, next, second / 60 % 60);
        out[next++] = ':';
        next = twoDigits(out, next, second % 60);
        next = writeFraction(out, next);
        return writeOffset(out, next);
    }

    /// Proleptic Gregorian date, counted in eras of 400 years that start on 1 March, so that the leap day is last.
    private static int writeDate(byte[] out, int at, long epochDay) {
        long shifted = epochDay + DAYS_TO_EPOCH;
        long era = Math.floorDiv(shifted, (long) DAYS_PER_400_YEARS);
        int dayOfEra = (int) Math.floorMod(shifted, (long) DAYS_PER_400_YEARS);
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * dayOfYear + 2) / 153;
        int day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        long year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
        if (year > 9999 && month == 2 && day == 29) { // 9999 has no leap day; Go normalises to the day after
            month = 3;
            day = 1;
        }
        int clamped = Math.clamp(year, 0, 9999);
        int next = twoDigits(out, at, clamped / 100);
        next = twoDigits(out, next, clamped % 100);
        out[next++] = '-';
        next = twoDigits(out, next, month);
        out[next++] = '-';
        return twoDigits(out, next, day);
    }

    private int writeFraction(byte[] out, int at) {
        if (nano == 0) {
            return at;
        }
        int next = at;
        out[next++] = '.';
        int rest = nano;
        for (int unit = 100_000_000; rest > 0; unit /= 10) {
            out[next++] = (byte) ('0' + rest / unit);
            rest %= unit;
        }
        return next;
    }

    private int writeOffset(byte[] out, int at) {
        int next = at;
        if (offsetSeconds == 0) {
            out[next++] = 'Z';
            return next;
        }
        int minutes = offsetSeconds / 60;
        out[next++] = (byte) (minutes < 0 ? '-' : '+');
        next = twoDigits(out, next, Math.abs(minutes) / 60);
        out[next++] = ':';
        return twoDigits(out, next, Math.abs(minutes) % 60);
    }

    private static int twoDigits(byte[] out, int at, int value) {
        out[at] = (byte) ('0' + value / 10);
        out[at + 1] = (byte) ('0' + value % 10);
        return at + 2;
    }

    /// Days since 1970-01-01.
    private static long epochDay(int year, int month, int day) {
        int fromMarch = month <= 2 ? year - 1 : year;
        int era = Math.floorDiv(fromMarch, 400);
        int yearOfEra = Math.floorMod(fromMarch, 400);
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        int dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
        return (long) era * DAYS_PER_400_YEARS + dayOfEra - DAYS_TO_EPOCH;
    }

    private static int daysIn(int year, int month) {
        boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        return switch (month) {
            case 2 -> leap ? 29 : 28;
            case 4, 6, 9, 11 -> 30;
            default -> 31;
        };
    }

    /// Walks over one text.
    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        GoTime time() {
            int year = digits(4, 0, 9999);
            expect('-');
            int month = digits(2, 1, 12);
            expect('-');
            int day = digits(2, 1, daysIn(year, month));
            expect('T');
            long second = digits(2, 0, 23) * 3600L;
            expect(':');
            second += digits(2, 0, 59) * 60L;
            expect(':');
            second += digits(2, 0, 59);
            int nano = fraction();
            int offset = offset();
            if (at != text.length()) {
                throw wrong();
            }
            return new GoTime(epochDay(year, month, day) * SECONDS_PER_DAY + second - offset, nano, offset);
        }

        private int fraction() {
            if (at >= text.length() || text.charAt(at) != '.') {
                return 0;
            }
            int start = ++at;
            int nano = 0;
            int unit = 100_000_000;
            while (at < text.length() && isDigit(text.charAt(at))) {
                nano += unit * (text.charAt(at++) - '0');
                unit /= 10;
            }
            if (at == start) {
                throw wrong();
            }
            return nano;
        }

        private int offset() {
            char sign = at < text.length() ? text.charAt(at++) : 0;
            return switch (sign) {
                case 'Z', 'z' -> 0;
                case '+' -> hoursAndMinutes();
                case '-' -> -hoursAndMinutes();
                default -> throw wrong();
            };
        }

        private int hoursAndMinutes() {
            int hours = digits(2, 0, 24);
            expect(':');
            return hours * 3600 + digits(2, 0, 59) * 60;
        }

        private int digits(int count, int min, int max) {
            if (text.length() - at < count) {
                throw wrong();
            }
            int value = 0;
            for (int i = 0; i < count; i++) {
                char c = text.charAt(at++);
                if (!isDigit(c)) {
                    throw wrong();
                }
                value = value * 10 + (c - '0');
            }
            if (value < min || value > max) {
                throw wrong();
            }
            return value;
        }

        private void expect(char wanted) {
            char c = at < text.length() ? text.charAt(at++) : 0;
            if (c != wanted && !(wanted == 'T' && c == 't')) {
                throw wrong();
            }
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        private IllegalArgumentException wrong() {
            String shown = text.length() <= 64 ? text : text.substring(0, 64) + "…";
            return new IllegalArgumentException("not a time (expected like 2024-01-15T10:00:00.5+01:00): " + shown);
        }
    }
}
