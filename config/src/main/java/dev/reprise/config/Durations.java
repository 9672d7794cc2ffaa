package dev.reprise.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `30s`, `15m`, `1h30m`, `7d`. A day is 24 hours.
final class Durations {
    static final String PATTERN = "^(?=.)([0-9]{1,9}d)?([0-9]{1,9}h)?([0-9]{1,9}m)?([0-9]{1,9}s)?([0-9]{1,9}ms)?$";
    private static final Pattern PARSER = Pattern.compile(PATTERN);

    private Durations() {}

    /// @throws IllegalArgumentException if the text is no such duration; repeats it
    static Duration parse(String text) {
        Matcher matcher = PARSER.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a duration (expected like 30s, 15m or 1h30m): " + text);
        }
        return Duration.ofDays(part(matcher, 1, 1))
                .plusHours(part(matcher, 2, 1))
                .plusMinutes(part(matcher, 3, 1))
                .plusSeconds(part(matcher, 4, 1))
                .plusMillis(part(matcher, 5, 2));
    }

    private static long part(Matcher matcher, int group, int unitLength) {
        String part = matcher.group(group);
        return part == null ? 0 : Long.parseLong(part.substring(0, part.length() - unitLength));
    }

    /// The same notation.
    static String format(Duration duration) {
        var text = new StringBuilder();
        append(text, duration.toDaysPart(), "d");
        append(text, duration.toHoursPart(), "h");
        append(text, duration.toMinutesPart(), "m");
        append(text, duration.toSecondsPart(), "s");
        append(text, duration.toMillisPart(), "ms");
        return text.isEmpty() ? "0s" : text.toString();
    }

    private static void append(StringBuilder text, long amount, String unit) {
        if (amount > 0) {
            text.append(amount).append(unit);
        }
    }
}
