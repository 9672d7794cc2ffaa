package dev.reprise.operations.retention;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A length of time in calendar units, as in `1y5m7d2h`.
///
/// @param months 31 March less one month is 31 February, which is 2 or 3 March
public record RetentionSpan(long years, long months, long days, long hours) {
    public static final RetentionSpan NONE = new RetentionSpan(0, 0, 0, 0);

    private static final Pattern PART = Pattern.compile("(-?)([0-9]+)(.?)", Pattern.DOTALL);
    /// Longer than history; keeps the arithmetic below in range.
    private static final long MOST = 100_000_000;

    /// Reads numbers with one of the units y, m (months), d and h, in any order; of a unit named twice the
    /// last counts. Nothing at all is the length zero.
    ///
    /// @throws IllegalArgumentException saying what is wrong with it
    public static RetentionSpan parse(String text) {
        String rest = text.strip();
        long[] parts = new long[4];
        Matcher part = PART.matcher(rest);
        int at = 0;
        while (at < rest.length()) {
            if (!part.find(at) || part.start() != at) {
                throw new IllegalArgumentException("no number found");
            }
            if (!part.group(1).isEmpty()) {
                throw new IllegalArgumentException(
                        "durations containing negative values are not allowed for --keep-within*");
            }
            String number = part.group(2);
            parts[unit(part.group(3), number)] = number.length() > 9 ? MOST : Long.parseLong(number);
            at = part.end();
        }
        return new RetentionSpan(parts[0], parts[1], parts[2], parts[3]);
    }

    private static int unit(String letter, String number) {
        if (letter.isEmpty()) {
            throw new IllegalArgumentException("no unit found after number " + number);
        }
        int unit = "ymdh".indexOf(letter);
        if (unit < 0) {
            throw new IllegalArgumentException("invalid unit '%s' found after number %s".formatted(letter, number));
        }
        return unit;
    }

    public boolean isNone() {
        return equals(NONE);
    }

    /// This long before a time, as restic computes it: calendar units first, by the clock of `zone` when
    /// that zone has the offset of `time`, else by that offset; hours last.
    Instant before(OffsetDateTime time, ZoneId zone) {
        ZoneRules rules = rules(time, zone);
        long monthNumber =
                (time.getYear() - Math.min(years, MOST)) * 12 + time.getMonthValue() - 1 - Math.min(months, MOST);
        LocalDate day = LocalDate.of(
                        (int) Math.floorDiv(monthNumber, 12L), (int) Math.floorMod(monthNumber, 12L) + 1, 1)
                .plusDays(time.getDayOfMonth() - 1 - Math.min(days, MOST));
        long wall = Math.addExact(
                Math.multiplyExact(day.toEpochDay(), 86_400L),
                time.toLocalTime().toSecondOfDay());
        return Instant.ofEpochSecond(toUtc(wall, rules), time.getNano()).minusSeconds(Math.min(hours, MOST) * 3600);
    }

    private static ZoneRules rules(OffsetDateTime time, ZoneId zone) {
        ZoneOffset offset = time.getOffset();
        boolean local = offset.getTotalSeconds() != 0
                && zone.getRules().getOffset(time.toInstant()).equals(offset);
        return local ? zone.getRules() : offset.getRules();
    }

    /// Go's way to read a wall clock, which also decides about hours that come twice or never.
    private static long toUtc(long wall, ZoneRules rules) {
        int guess = rules.getOffset(Instant.ofEpochSecond(wall)).getTotalSeconds();
        if (guess == 0) {
            return wall;
        }
        return wall - rules.getOffset(Instant.ofEpochSecond(wall - guess)).getTotalSeconds();
    }

    /// As in restic's reasons: `1y5m7d2h`, units that are zero left out.
    @Override
    public String toString() {
        return part(years, 'y') + part(months, 'm') + part(days, 'd') + part(hours, 'h');
    }

    private static String part(long count, char unit) {
        return count == 0 ? "" : count + String.valueOf(unit);
    }
}
