package dev.reprise.base;

import java.time.DateTimeException;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How fast bytes may go, by the time of day on some clock.
///
/// @param spans     that do not overlap
/// @param otherwise bytes per second outside of all spans; empty for as fast as it goes
public record RateTable(List<Span> spans, OptionalLong otherwise) {
    public static final RateTable UNLIMITED = always(OptionalLong.empty());

    /// For messages and references.
    public static final String FORM =
            "a rate like 512KiB/s, or by the time of day like 08:00-18:00 512KiB/s, else unlimited";

    private static final Pattern SPAN = Pattern.compile("([0-9]{2}:[0-9]{2})\\s*-\\s*([0-9]{2}:[0-9]{2})\\s+(.+)");
    private static final Pattern RATE = Pattern.compile("(.*[^/\\s])\\s*/\\s*s");

    /// @param from           first moment
    /// @param to             first moment after it; before `from` if it spans midnight
    /// @param bytesPerSecond empty for as fast as it goes
    public record Span(LocalTime from, LocalTime to, OptionalLong bytesPerSecond) {
        boolean holds(LocalTime time) {
            boolean afterFrom = !time.isBefore(from);
            boolean beforeTo = time.isBefore(to);
            return from.isBefore(to) ? afterFrom && beforeTo : afterFrom || beforeTo;
        }

        private boolean overlaps(Span other) {
            return holds(other.from) || other.holds(from);
        }
    }

    public RateTable {
        spans = List.copyOf(spans);
    }

    /// One rate for the whole day.
    ///
    /// @param bytesPerSecond empty for as fast as it goes
    public static RateTable always(OptionalLong bytesPerSecond) {
        return new RateTable(List.of(), bytesPerSecond);
    }

    /// @return bytes per second; empty for as fast as it goes
    public OptionalLong at(LocalTime time) {
        for (Span span : spans) {
            if (span.holds(time)) {
                return span.bytesPerSecond();
            }
        }
        return otherwise;
    }

    /// Whether it never limits anything.
    public boolean isUnlimited() {
        return otherwise.isEmpty()
                && spans.stream().allMatch(span -> span.bytesPerSecond().isEmpty());
    }

    /// Reads [#FORM]: spans, then, if wanted, `else` and a rate, with commas between them.
    ///
    /// @throws IllegalArgumentException if it is none; says which part
    public static RateTable parse(String text) {
        var spans = new ArrayList<Span>();
        List<String> parts = List.of(text.split(",", -1));
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i).strip();
            boolean last = i == parts.size() - 1;
            Matcher span = SPAN.matcher(part);
            if (span.matches()) {
                add(spans, span(span));
            } else if (last && spans.isEmpty()) {
                return always(rate(part));
            } else if (last && part.toLowerCase(Locale.ROOT).startsWith("else ")) {
                return new RateTable(spans, rate(part.substring("else ".length())));
            } else {
                throw new IllegalArgumentException("\"" + part + "\" is no part of a rate; expected " + FORM);
            }
        }
        return new RateTable(spans, OptionalLong.empty());
    }

    private static void add(List<Span> spans, Span added) {
        for (Span span : spans) {
            if (span.overlaps(added)) {
                throw new IllegalArgumentException(
                        "%s-%s overlaps %s-%s".formatted(added.from(), added.to(), span.from(), span.to()));
            }
        }
        spans.add(added);
    }

    private static Span span(Matcher span) {
        LocalTime from = time(span.group(1));
        LocalTime to = time(span.group(2));
        if (from.equals(to)) {
            throw new IllegalArgumentException("from %s to %s is no time".formatted(from, to));
        }
        return new Span(from, to, rate(span.group(3)));
    }

    private static LocalTime time(String text) {
        try {
            return text.equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("\"" + text + "\" is no time of day; expected 00:00 to 24:00", e);
        }
    }

    private static OptionalLong rate(String text) {
        String stripped = text.strip();
        if (stripped.toLowerCase(Locale.ROOT).equals("unlimited")) {
            return OptionalLong.empty();
        }
        Matcher rate = RATE.matcher(stripped);
        if (!rate.matches()) {
            throw new IllegalArgumentException("\"" + stripped + "\" is no rate; expected " + FORM);
        }
        long bytes = ByteSize.parse(rate.group(1)).bytes();
        if (bytes == 0) {
            throw new IllegalArgumentException("\"" + stripped + "\" would let nothing through; write unlimited");
        }
        return OptionalLong.of(bytes);
    }

    /// As [#parse] reads it.
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (Span span : spans) {
            text.append(span.from()).append('-').append(span.to()).append(' ');
            text.append(text(span.bytesPerSecond())).append(", ");
        }
        return (spans.isEmpty() ? "" : text + "else ") + text(otherwise);
    }

    private static String text(OptionalLong rate) {
        if (rate.isEmpty()) {
            return "unlimited";
        }
        long bytes = rate.getAsLong();
        return bytes % 1024 == 0 ? bytes / 1024 + "KiB/s" : bytes + "/s";
    }
}
