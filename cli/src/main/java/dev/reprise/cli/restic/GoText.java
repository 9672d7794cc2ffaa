package dev.reprise.cli.restic;

import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.snapshot.Snapshot;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Values as Go prints them for people, and numbers as it writes them into JSON.
final class GoText {
    /// One letter for each bit of a mode, from bit 31 down (Go's `FileMode.String`).
    private static final String MODE_LETTERS = "dalTLDpSugct?";

    private static final String PERMISSION_LETTERS = "rwxrwxrwx";
    private static final String UNITS = "KMGT";
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter ABBREVIATION = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);

    private GoText() {}

    /// `drwxr-xr-x`, `ugrwxr-xr-x`, `Dcrw-r--r--` (repository format, section 11.2).
    static String mode(long mode) {
        var text = new StringBuilder(12);
        for (int i = 0; i < MODE_LETTERS.length(); i++) {
            if (((mode >>> (31 - i)) & 1) != 0) {
                text.append(MODE_LETTERS.charAt(i));
            }
        }
        if (text.isEmpty()) {
            text.append('-');
        }
        for (int i = 0; i < PERMISSION_LETTERS.length(); i++) {
            text.append(((mode >>> (8 - i)) & 1) != 0 ? PERMISSION_LETTERS.charAt(i) : '-');
        }
        return text.toString();
    }

    /// `2.954 MiB`, `17 B`.
    ///
    /// @param bytes unsigned
    static String bytes(long bytes) {
        int unit = bytes < 0 ? UNITS.length() : Math.min((63 - Long.numberOfLeadingZeros(bytes | 1)) / 10, 4);
        if (unit == 0) {
            return bytes + " B";
        }
        double value = bytes < 0 ? bytes + 0x1p64 : bytes;
        return String.format(Locale.ROOT, "%.3f %ciB", value / (1L << (10 * unit)), UNITS.charAt(unit - 1));
    }

    /// `2024-03-15 10:00:00` in a zone.
    static String localTime(long epochSecond, ZoneId zone) {
        return LOCAL.format(Instant.ofEpochSecond(epochSecond).atZone(zone));
    }

    /// A number with a fraction in JSON: the fewest digits that read back as the same number.
    static String number(double value) {
        if (value != 0 && (Math.abs(value) < 1e-6 || Math.abs(value) >= 1e21)) {
            String text = Double.toString(value).replace(".0E", "e").replace("E", "e");
            return text.contains("e-") ? text : text.replace("e", "e+");
        }
        BigDecimal plain = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        return plain.scale() < 0 ? plain.setScale(0).toPlainString() : plain.toPlainString();
    }

    /// How restic introduces a snapshot: id, paths, time, user and host.
    static String describe(String shortId, Snapshot snapshot, ZoneId zone) {
        return "snapshot %s of [%s] at %s by %s@%s"
                .formatted(
                        shortId,
                        String.join(" ", snapshot.paths()),
                        time(snapshot.time(), zone),
                        snapshot.username(),
                        snapshot.hostname());
    }

    /// `2024-01-15 10:00:00 +0100 CET`. An offset that is not the local one has no name and is printed twice.
    private static String time(OffsetDateTime time, ZoneId zone) {
        String text = GoTime.of(time).toString().replace('T', ' ');
        int end = text.endsWith("Z") ? text.length() - 1 : text.length() - 6;
        String offset = text.endsWith("Z") ? "+0000" : text.substring(end).replace(":", "");
        return text.substring(0, end) + " " + offset + " " + zoneName(time, zone, offset);
    }

    private static String zoneName(OffsetDateTime time, ZoneId zone, String offset) {
        if (offset.equals("+0000")) {
            return "UTC";
        }
        boolean local = zone.getRules().getOffset(time.toInstant()).equals(time.getOffset());
        return local ? ABBREVIATION.format(time.atZoneSameInstant(zone)) : offset;
    }
}
