package dev.reprise.cli.restic;

import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// How restic's text names a snapshot.
final class SnapshotWords {
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

    private SnapshotWords() {}

    /// `snapshot 5f3a… of [/a /b] at 2026-11-21 10:00:00 +0100 CET by user@host`.
    static String line(StoredSnapshot stored, ZoneId local) {
        Snapshot snapshot = stored.snapshot();
        return "snapshot %s of [%s] at %s by %s@%s"
                .formatted(
                        stored.id().shortHex(),
                        String.join(" ", snapshot.paths()),
                        time(snapshot.time(), local),
                        snapshot.username(),
                        snapshot.hostname());
    }

    /// As Go prints a time: fraction without zeros at its end, offset, name of the zone.
    static String time(OffsetDateTime time, ZoneId local) {
        String fraction = "%09d".formatted(time.getNano()).replaceFirst("0+$", "");
        String offset = time.getOffset().equals(ZoneOffset.UTC)
                ? "+0000"
                : time.getOffset().getId().replace(":", "");
        String zone = offset;
        if (time.getOffset().equals(ZoneOffset.UTC)) {
            zone = "UTC";
        } else if (local.getRules().getOffset(time.toInstant()).equals(time.getOffset())) {
            zone = DateTimeFormatter.ofPattern("zzz", Locale.ROOT).format(time.atZoneSameInstant(local));
        }
        return DATE.format(time) + (fraction.isEmpty() ? "" : "." + fraction) + " " + offset + " " + zone;
    }
}
