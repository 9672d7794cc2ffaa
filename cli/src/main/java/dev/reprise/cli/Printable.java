package dev.reprise.cli;

/// Text that cannot steer a terminal: names in a backup may hold any byte.
final class Printable {
    private Printable() {}

    /// Control characters but tab and line feed, and characters that turn the direction of writing, become `\x1b`
    /// or `\u202e`.
    static String of(String text) {
        if (text.chars().noneMatch(Printable::steers)) {
            return text;
        }
        var safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!steers(c)) {
                safe.append(c);
            } else {
                safe.append(c < 0x100 ? "\\x%02x".formatted((int) c) : "\\u%04x".formatted((int) c));
            }
        }
        return safe.toString();
    }

    private static boolean steers(int c) {
        boolean turnsDirection = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
        boolean control = Character.isISOControl(c) && c != '\n' && c != '\t';
        return control || turnsDirection;
    }
}
