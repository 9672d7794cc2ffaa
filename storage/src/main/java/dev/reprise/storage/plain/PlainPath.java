package dev.reprise.storage.plain;

import java.nio.charset.StandardCharsets;

/// Where a plain file lies below its place: names joined by `/`.
public final class PlainPath {
    private static final int MOST_BYTES = 900;
    private static final int MOST_NAME_BYTES = 240;

    private PlainPath() {}

    /// Whether a path names something below its place and nothing else: no empty name, no `.` or `..`, no control
    /// character, no backslash, and short enough for every store.
    public static boolean isPlain(String path) {
        if (path.isEmpty() || path.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            return false;
        }
        for (String name : path.split("/", -1)) {
            boolean bad = name.isEmpty()
                    || name.equals(".")
                    || name.equals("..")
                    || name.getBytes(StandardCharsets.UTF_8).length > MOST_NAME_BYTES
                    || name.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == '\\');
            if (bad) {
                return false;
            }
        }
        return true;
    }

    /// @throws IllegalArgumentException unless it is plain
    public static String require(String path) {
        if (!isPlain(path)) {
            throw new IllegalArgumentException("not a plain path: \"" + path.replaceAll("\\p{Cntrl}", "?") + "\"");
        }
        return path;
    }
}
