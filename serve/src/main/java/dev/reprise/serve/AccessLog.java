package dev.reprise.serve;

import dev.reprise.base.ExitStatus;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// Requests in the combined log format. Names users, never passwords. Safe for many threads.
final class AccessLog implements AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT);
    private static final int LONGEST = 1024;

    private final OutputStream out;
    private final InstantSource clock;
    private final ZoneId zone;

    /// @param out closed together with this
    AccessLog(OutputStream out, InstantSource clock, ZoneId zone) {
        this.out = out;
        this.clock = clock;
        this.zone = zone;
    }

    static OutputStream file(Path file) {
        try {
            return Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new ServeException(
                    ExitStatus.BAD_CONFIGURATION,
                    "cannot write the access log " + file + ": " + ServeException.reason(e),
                    "name a file this user may write, or - for standard output",
                    e);
        }
    }

    /// @param user  empty for nobody
    /// @param bytes of the answer's body
    void add(String client, String user, String request, int status, long bytes, String referer, String agent) {
        String time = TIME.format(Instant.ofEpochMilli(clock.millis()).atZone(zone));
        String line = "%s - %s [%s] \"%s\" %d %d \"%s\" \"%s\"%n"
                .formatted(
                        client,
                        user.isEmpty() ? "-" : safe(user),
                        time,
                        safe(request),
                        status,
                        bytes,
                        safe(referer),
                        safe(agent));
        synchronized (out) {
            try {
                out.write(line.getBytes(StandardCharsets.UTF_8));
                out.flush();
            } catch (IOException e) {
                // A full disk must not end the backups of others.
            }
        }
    }

    /// A client must not be able to write lines or quotes of its own.
    private static String safe(String text) {
        var safe = new StringBuilder();
        text.codePoints().limit(LONGEST).forEach(c -> {
            if (c < ' ' || c > 0x7e || c == '"' || c == '\\') {
                safe.append("\\x%02x".formatted(c));
            } else {
                safe.append((char) c);
            }
        });
        return safe.toString();
    }

    @Override
    public void close() {
        synchronized (out) {
            try {
                out.close();
            } catch (IOException e) {
                // Everything was flushed.
            }
        }
    }
}
