package dev.reprise.sources.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// What a child writes to its standard error: drained by a thread of its own, so that the child never waits for it.
/// Keeps the last 64 KiB, and notices an error line even if later ones push it out.
final class ErrorOutput {
    private static final int KEPT_CHARS = 64 << 10;
    private static final int MAX_LINE_CHARS = 4096;

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final Thread thread;
    private int kept;
    private boolean error;

    ErrorOutput(InputStream stream, String name) {
        this.thread = Thread.ofVirtual().name(name).start(() -> drain(stream));
    }

    private void drain(InputStream stream) {
        var line = new StringBuilder();
        byte[] buffer = new byte[8192];
        try (stream) {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                for (char c : new String(buffer, 0, count, StandardCharsets.UTF_8).toCharArray()) {
                    if (c == '\n') {
                        add(line.toString());
                        line.setLength(0);
                    } else if (line.length() < MAX_LINE_CHARS) {
                        line.append(c);
                    }
                }
            }
        } catch (IOException e) {
            line.append("(standard error could not be read: ")
                    .append(e.getMessage())
                    .append(')');
        }
        if (!line.isEmpty()) {
            add(line.toString());
        }
    }

    /// `pg_dump: error: query failed: …`
    private synchronized void add(String line) {
        error |= line.startsWith("pg_") && line.contains(": error:");
        lines.add(line);
        kept += line.length() + 1;
        while (kept > KEPT_CHARS) {
            kept -= lines.remove().length() + 1;
        }
    }

    /// Waits for the end of the stream.
    void join() throws InterruptedException {
        thread.join();
    }

    synchronized boolean hasError() {
        return error;
    }

    /// The last lines on one line, for a message.
    synchronized String tail(int count) {
        var all = new ArrayList<>(lines);
        return String.join(" / ", all.subList(Math.max(0, all.size() - count), all.size()));
    }

    synchronized List<String> warnings() {
        return lines.stream().filter(line -> line.contains(": warning:")).toList();
    }
}
