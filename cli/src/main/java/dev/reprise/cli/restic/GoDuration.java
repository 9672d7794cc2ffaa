package dev.reprise.cli.restic;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as Go writes them: `5m`, `1h30m`, `1.5s`, `250ms`, `0`.
final class GoDuration {
    private static final Pattern WHOLE = Pattern.compile("(\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|ms|s|m|h)");
    private static final Map<String, Long> NANOS = Map.of(
            "ns",
            1L,
            "us",
            1_000L,
            "µs",
            1_000L,
            "ms",
            1_000_000L,
            "s",
            1_000_000_000L,
            "m",
            60_000_000_000L,
            "h",
            3_600_000_000_000L);

    private GoDuration() {}

    /// As Go prints it, in whole seconds: `1h0m0s`, `5m0s`, `10s`.
    static String text(Duration duration) {
        long hours = duration.toHours();
        long minutes = duration.toMinutes();
        return (hours > 0 ? hours + "h" : "")
                + (minutes > 0 ? duration.toMinutesPart() + "m" : "")
                + duration.toSecondsPart() + "s";
    }

    /// @throws FatalException if it is none, or negative
    static Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher part = WHOLE.matcher(text);
        BigDecimal nanos = BigDecimal.ZERO;
        int at = 0;
        while (at < text.length() && part.find(at) && part.start() == at) {
            BigDecimal unit = BigDecimal.valueOf(NANOS.getOrDefault(part.group(3), 0L));
            nanos = nanos.add(new BigDecimal(part.group(1)).multiply(unit));
            at = part.end();
        }
        if (at == 0 || at < text.length() || nanos.toBigInteger().bitLength() > 62) {
            throw new FatalException("invalid duration \"" + text + "\", expected like 5m, 1h30m or 10s");
        }
        return Duration.ofNanos(nanos.longValue());
    }
}
