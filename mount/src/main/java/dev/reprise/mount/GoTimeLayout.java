package dev.reprise.mount;

import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.TextStyle;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

/// Go's way to describe how a time is written: by an example, `Mon Jan 2 15:04:05 MST 2006`. Everything that is no part
/// of the example stands for itself.
///
/// Source: the documentation of Go's package `time`, checked against restic.
final class GoTimeLayout {
    /// Parts of the example; of two that fit, the one listed first counts.
    private static final List<String> PARTS = List.of(
            "January",
            "Jan",
            "Monday",
            "Mon",
            "MST",
            "002",
            "01",
            "02",
            "03",
            "04",
            "05",
            "06",
            "2006",
            "15",
            "__2",
            "_2006",
            "_2",
            "PM",
            "pm",
            "-07:00:00",
            "-070000",
            "-07:00",
            "-0700",
            "-07",
            "Z07:00:00",
            "Z070000",
            "Z07:00",
            "Z0700",
            "Z07",
            "1",
            "2",
            "3",
            "4",
            "5");

    private static final Locale ENGLISH = Locale.ENGLISH;

    private final String layout;
    private final ZoneId local;

    /// @param local times with the offset this zone has at the moment are given its name by `MST`
    GoTimeLayout(String layout, ZoneId local) {
        this.layout = layout;
        this.local = local;
    }

    String format(OffsetDateTime time) {
        var text = new StringBuilder();
        int at = 0;
        while (at < layout.length()) {
            int fraction = fractionLength(at);
            String part = fraction > 0 ? layout.substring(at, at + fraction) : partAt(at);
            if (part.isEmpty()) {
                text.append(layout.charAt(at++));
            } else {
                text.append(fraction > 0 ? fraction(part, time) : value(part, time));
                at += part.length();
            }
        }
        return text.toString();
    }

    private String partAt(int at) {
        for (String part : PARTS) {
            boolean startOfWord = (part.equals("Jan") || part.equals("Mon")) && lowerCaseAt(at + 3);
            if (layout.startsWith(part, at) && !startOfWord) {
                return part;
            }
        }
        return "";
    }

    /// "Janet" is no month.
    private boolean lowerCaseAt(int at) {
        return at < layout.length() && layout.charAt(at) >= 'a' && layout.charAt(at) <= 'z';
    }

    /// `.000` or `,999`: a separator, then only zeros or only nines, and no other digit behind.
    private int fractionLength(int at) {
        char separator = layout.charAt(at);
        if ((separator != '.' && separator != ',') || at + 1 >= layout.length()) {
            return 0;
        }
        char digit = layout.charAt(at + 1);
        if (digit != '0' && digit != '9') {
            return 0;
        }
        int end = at + 1;
        while (end < layout.length() && layout.charAt(end) == digit) {
            end++;
        }
        boolean digitBehind = end < layout.length() && Character.isDigit(layout.charAt(end));
        return digitBehind ? 0 : end - at;
    }

    private static String fraction(String part, OffsetDateTime time) {
        int digits = part.length() - 1;
        String nanos = number("%09d", time.getNano());
        String shown =
                digits <= nanos.length() ? nanos.substring(0, digits) : nanos + "0".repeat(digits - nanos.length());
        if (part.charAt(1) == '9') {
            shown = shown.replaceAll("0+$", "");
        }
        return shown.isEmpty() ? "" : part.charAt(0) + shown;
    }

    private String value(String part, OffsetDateTime time) {
        int hour = time.getHour();
        int twelve = hour % 12 == 0 ? 12 : hour % 12;
        return switch (part) {
            case "January" -> time.getMonth().getDisplayName(TextStyle.FULL, ENGLISH);
            case "Jan" -> time.getMonth().getDisplayName(TextStyle.SHORT, ENGLISH);
            case "1" -> String.valueOf(time.getMonthValue());
            case "01" -> two(time.getMonthValue());
            case "Monday" -> time.getDayOfWeek().getDisplayName(TextStyle.FULL, ENGLISH);
            case "Mon" -> time.getDayOfWeek().getDisplayName(TextStyle.SHORT, ENGLISH);
            case "2" -> String.valueOf(time.getDayOfMonth());
            case "_2" -> number("%2d", time.getDayOfMonth());
            case "02" -> two(time.getDayOfMonth());
            case "__2" -> number("%3d", time.getDayOfYear());
            case "002" -> number("%03d", time.getDayOfYear());
            case "15" -> two(hour);
            case "3" -> String.valueOf(twelve);
            case "03" -> two(twelve);
            case "4" -> String.valueOf(time.getMinute());
            case "04" -> two(time.getMinute());
            case "5" -> String.valueOf(time.getSecond());
            case "05" -> two(time.getSecond());
            case "2006" -> number("%04d", time.getYear());
            case "_2006" -> number("_%04d", time.getYear());
            case "06" -> two(Math.floorMod(time.getYear(), 100));
            case "PM" -> hour >= 12 ? "PM" : "AM";
            case "pm" -> hour >= 12 ? "pm" : "am";
            case "MST" -> zoneName(time);
            default -> offset(part, time.getOffset().getTotalSeconds());
        };
    }

    /// In the digits of ASCII, whatever language the machine speaks.
    private static String number(String format, int number) {
        return String.format(Locale.ROOT, format, number);
    }

    private static String two(int number) {
        return number("%02d", number);
    }

    private String zoneName(OffsetDateTime time) {
        int seconds = time.getOffset().getTotalSeconds();
        if (local.getRules().getOffset(time.toInstant()).equals(time.getOffset())) {
            boolean summer = local.getRules().isDaylightSavings(time.toInstant());
            return TimeZone.getTimeZone(local).getDisplayName(summer, TimeZone.SHORT, ENGLISH);
        }
        if (seconds == 0) {
            return "UTC";
        }
        int minutes = Math.abs(seconds) / 60;
        return sign(seconds) + two(minutes / 60) + (minutes % 60 == 0 ? "" : two(minutes % 60));
    }

    private static String offset(String part, int seconds) {
        if (part.startsWith("Z") && seconds == 0) {
            return "Z";
        }
        int positive = Math.abs(seconds);
        String colon = part.contains(":") ? ":" : "";
        String text = sign(seconds) + two(positive / 3600);
        if (part.length() > 3) {
            text += colon + two(positive / 60 % 60);
        }
        boolean withSeconds = part.endsWith(":00:00") || part.endsWith("0000");
        return withSeconds ? text + colon + two(positive % 60) : text;
    }

    private static String sign(int seconds) {
        return seconds < 0 ? "-" : "+";
    }
}
