package dev.reprise.demo;

import dev.reprise.cli.JsonFields;
import java.time.Duration;

/// The report as JSON fields.
final class DemoJson {
    private DemoJson() {}

    static void write(JsonFields fields, DemoReport report) {
        fields.put("good", report.good())
                .put("rpo_seconds", seconds(report.rpo()))
                .put("rto_seconds", seconds(report.rto()))
                .putObjects(
                        "backups",
                        report.backups(),
                        (each, backup) -> each.put("point", backup.point())
                                .put("seconds", seconds(backup.took()))
                                .put("bytes", backup.bytes())
                                .put("added_bytes", backup.added()))
                .putObjects(
                        "sources",
                        report.parts(),
                        (each, part) -> each.put("name", part.name())
                                .put("kind", part.kind())
                                .put("bytes", part.bytes())
                                .put("capture_seconds", seconds(part.capture()))
                                .put("recovery_seconds", seconds(part.recovery()))
                                .put("compared", part.compared())
                                .putAll("differences", part.differences())
                                .put("lost_writes", part.lost())
                                .put("rpo_seconds", seconds(part.rpo())))
                .putAll("left_out", report.skipped());
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
