package dev.reprise.cli.restic;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import java.util.Locale;

/// Times as `find --oldest` and `--newest` take them: `2024-03-15`, `2024-03-15 10:00`, `15.03.2024 10:00:00 +0100`.
final class FindTime {
    private static final List<DateTimeFormatter> FORMS = List.of(
            form("uuuu-MM-dd"),
            form("uuuu-MM-dd H:mm"),
            form("uuuu-MM-dd H:mm:ss"),
            form("uuuu-MM-dd H:mm:ss xx"),
            form("uuuu-MM-dd H:mm:ss zzz"),
            form("dd.MM.uuuu"),
            form("dd.MM.uuuu H:mm"),
            form("dd.MM.uuuu H:mm:ss"),
            form("dd.MM.uuuu H:mm:ss xx"),
            form("dd.MM.uuuu H:mm:ss zzz"),
            form("EEE MMM d H:mm:ss xx zzz uuuu"));

    private FindTime() {}

    private static DateTimeFormatter form(String pattern) {
        return new DateTimeFormatterBuilder()
                .appendPattern(pattern)
                .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
                .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
                .parseDefaulting(ChronoField.SECOND_OF_MINUTE, 0)
                .toFormatter(Locale.ENGLISH)
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /// @param zone for times that name none
    static Instant parse(String text, ZoneId zone) {
        for (DateTimeFormatter form : FORMS) {
            try {
                TemporalAccessor parsed = form.parse(text);
                ZoneId own = parsed.query(TemporalQueries.zone());
                var date = LocalDate.from(parsed);
                var time = LocalTime.from(parsed);
                return date.atTime(time).atZone(own == null ? zone : own).toInstant();
            } catch (DateTimeException notThisForm) {
                // the next one may fit
            }
        }
        throw new FatalException("unable to parse time: \"" + text + "\"");
    }
}
