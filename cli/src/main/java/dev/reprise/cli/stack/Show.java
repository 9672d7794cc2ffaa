package dev.reprise.cli.stack;

import dev.reprise.base.ByteSize;
import dev.reprise.cli.Output;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How amounts, times and tables look to people.
public final class Show {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private Show() {}

    /// Warns that a source was saved without some of its items, when it is restored.
    static void warnIncomplete(Output output, CapturedSource source, RecoveryPoint point) {
        String run = point.run().shortHex();
        output.warning(
                "%s was saved without %d items that could not be read; they cannot come back from point %s"
                        .formatted(source.name(), source.unreadable(), run),
                "\"reprise points %s --json\" names them".formatted(run));
    }

    public static String time(Instant instant, ZoneId zone) {
        return LOCAL.format(instant.atZone(zone));
    }

    /// `0.42 s`, `12.3 s`, `4 min 10 s`, `3 h 05 min`, `2 d 4 h`.
    public static String duration(Duration duration) {
        double seconds = duration.toMillis() / 1000.0;
        if (seconds < 60) {
            return String.format(Locale.ROOT, seconds < 10 ? "%.2f s" : "%.1f s", seconds);
        }
        if (duration.toHours() < 1) {
            return "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart());
        }
        if (duration.toDays() < 1) {
            return "%d h %02d min".formatted(duration.toHours(), duration.toMinutesPart());
        }
        return "%d d %d h".formatted(duration.toDays(), duration.toHoursPart());
    }

    public static String size(long bytes) {
        return new ByteSize(bytes).toString();
    }

    /// Columns wide enough for their longest cell, two blanks between them.
    public static List<String> table(List<List<String>> rows) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
