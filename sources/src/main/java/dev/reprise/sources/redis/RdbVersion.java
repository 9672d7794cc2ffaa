package dev.reprise.sources.redis;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The first nine bytes of an RDB: `REDIS0010` or `VALKEY080`.
///
/// @param valkey whether it is in Valkey's own numbering (Valkey 9 and newer)
record RdbVersion(boolean valkey, int number) {
    static final int HEADER_BYTES = 9;
    private static final Pattern HEADER = Pattern.compile("REDIS(\\d{4})|VALKEY(\\d{3})");
    private static final int OLDEST = 5; // the first with a checksum
    private static final Pattern SERVER = Pattern.compile("(valkey-)?(\\d+)(?:\\.(\\d+))?.*");

    static RdbVersion parse(byte[] header) throws RdbFormatException {
        Matcher matcher = HEADER.matcher(new String(header, StandardCharsets.ISO_8859_1));
        if (!matcher.matches()) {
            throw RdbFormatException.damaged("it does not begin with REDIS or VALKEY and a version");
        }
        boolean valkey = matcher.group(1) == null;
        int number = Integer.parseInt(valkey ? matcher.group(2) : matcher.group(1));
        if (number < OLDEST) {
            throw RdbFormatException.damaged("version " + number + " has no checksum; versions from 5 on are read");
        }
        return new RdbVersion(valkey, number);
    }

    /// Whether a server can load it. A version this program has not heard of is taken to read everything older.
    ///
    /// @param server `7.0`, `8.2.1`, or `valkey-8.0`
    /// @throws IllegalArgumentException if it is none of these; repeats the text
    boolean readableBy(String server) {
        Matcher matcher = SERVER.matcher(server);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a server version (expected like 7.0 or valkey-8.0): " + server);
        }
        int major = Integer.parseInt(matcher.group(2));
        int minor = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        boolean toValkey = matcher.group(1) != null;
        if (valkey) {
            return toValkey && major >= 9;
        }
        return number <= (toValkey ? 11 : newestOfRedis(major, minor));
    }

    private static int newestOfRedis(int major, int minor) {
        if (major == 7) {
            return Map.of(0, 10, 2, 11).getOrDefault(minor, 12);
        }
        return switch (major) {
            case 0, 1, 2 -> 6;
            case 3 -> 7;
            case 4 -> 8;
            case 5, 6 -> 9;
            case 8 -> minor < 2 ? 12 : Integer.MAX_VALUE;
            default -> Integer.MAX_VALUE;
        };
    }

    @Override
    public String toString() {
        return (valkey ? "valkey-" : "") + number;
    }
}
