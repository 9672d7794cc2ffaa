package dev.reprise.sources.postgres;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// Names of databases, schemas and tables, which may hold any character, as file names and as parts of fact keys.
final class PlainNames {
    private static final String DUMP = ".dump";

    private PlainNames() {}

    /// `a/b` becomes `a%2Fb.dump`; reversible, and never `.`, `..` or hidden.
    static String dumpFile(String database) {
        return encoded(database, ".") + DUMP;
    }

    static boolean isDumpFile(String path) {
        return path.endsWith(DUMP) && path.length() > DUMP.length() && path.indexOf('/') < 0;
    }

    /// @throws IllegalArgumentException if it was not made by [#dumpFile]
    static String database(String dumpFile) {
        String encoded = dumpFile.substring(0, dumpFile.length() - DUMP.length());
        var bytes = new ByteArrayOutputStream();
        for (int i = 0; i < encoded.length(); i++) {
            char c = encoded.charAt(i);
            if (c == '%') {
                bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 3));
                i += 2;
            } else {
                bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /// `app.public.orders`; a dot inside a name becomes `%2E`.
    static String factKey(String... names) {
        var key = new StringBuilder();
        for (String name : names) {
            key.append(key.isEmpty() ? "" : ".").append(encoded(name, ""));
        }
        return key.toString();
    }

    private static String encoded(String name, String inner) {
        var text = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            boolean plain = letter || c == '_' || c == '-' || (!text.isEmpty() && inner.indexOf(c) >= 0);
            if (plain) {
                text.append(c);
            } else {
                text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return text.toString();
    }
}
