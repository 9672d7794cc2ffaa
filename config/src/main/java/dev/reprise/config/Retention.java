package dev.reprise.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which recovery points are kept. A point stays if any rule keeps it.
///
/// @param keepLast newest points, whatever their age
/// @param keepHourly hours for which the newest point is kept; likewise the next four
/// @param keepWithin everything younger than this, counted back from the newest point; null for no such rule
public record Retention(
        Keep keepLast,
        Keep keepHourly,
        Keep keepDaily,
        Keep keepWeekly,
        Keep keepMonthly,
        Keep keepYearly,
        @Nullable Within keepWithin) {

    /// Whether no rule keeps anything, so that everything would be removed.
    boolean keepsNothing() {
        boolean counted = keepLast.count()
                        + keepHourly.count()
                        + keepDaily.count()
                        + keepWeekly.count()
                        + keepMonthly.count()
                        + keepYearly.count()
                > 0;
        return !counted && (keepWithin == null || keepWithin.isZero());
    }

    /// How many; 0 switches the rule off.
    ///
    /// @param count [#UNLIMITED]'s means no limit
    public record Keep(long count) {
        public static final Keep NONE = new Keep(0);
        public static final Keep UNLIMITED = new Keep(Integer.MAX_VALUE);

        public boolean isUnlimited() {
            return equals(UNLIMITED);
        }
    }

    /// A span on the calendar: a month is as long as the months it covers.
    public record Within(int years, int months, int days, int hours) {
        static final String PATTERN = "^(?=.)([0-9]{1,4}y)?([0-9]{1,4}m)?([0-9]{1,5}d)?([0-9]{1,6}h)?$";
        private static final Pattern PARSER = Pattern.compile(PATTERN);

        /// Reads `1y6m`, `14d`, `1y5m7d2h`; `m` means months.
        ///
        /// @throws IllegalArgumentException if the text is no such span; repeats it
        public static Within parse(String text) {
            Matcher matcher = PARSER.matcher(text);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(
                        "not a span of years, months, days and hours (expected like 1y6m, 14d or 36h): " + text);
            }
            return new Within(part(matcher, 1), part(matcher, 2), part(matcher, 3), part(matcher, 4));
        }

        private static int part(Matcher matcher, int group) {
            String part = matcher.group(group);
            return part == null ? 0 : Integer.parseInt(part.substring(0, part.length() - 1));
        }

        boolean isZero() {
            return years == 0 && months == 0 && days == 0 && hours == 0;
        }

        /// The notation that [#parse] reads.
        @Override
        public String toString() {
            String text = part(years, "y") + part(months, "m") + part(days, "d") + part(hours, "h");
            return text.isEmpty() ? "0h" : text;
        }

        private static String part(int amount, String unit) {
            return amount == 0 ? "" : amount + unit;
        }
    }
}
