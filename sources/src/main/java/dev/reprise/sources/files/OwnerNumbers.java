package dev.reprise.sources.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Numbers of users and groups by name, as this machine has them: through `getent`, which asks the database files and
/// every other directory the system knows. Each name is asked for once. Safe for many threads.
public final class OwnerNumbers {
    /// A snapshot with invented names must not start a process for each of them.
    private static final int MAX_QUESTIONS = 4096;

    private static final long ANSWER_SECONDS = 10;
    private static final int MAX_ANSWER_BYTES = 1 << 20;
    private static final long UNKNOWN = -1;

    private final Map<String, Long> users = new ConcurrentHashMap<>();
    private final Map<String, Long> groups = new ConcurrentHashMap<>();

    /// @return -1 if nobody has this name
    public long user(String name) {
        return number("passwd", name, users);
    }

    /// @return -1 if no group has this name
    public long group(String name) {
        return number("group", name, groups);
    }

    private static long number(String database, String name, Map<String, Long> known) {
        if (name.isEmpty() || name.startsWith("-") || (known.size() >= MAX_QUESTIONS && !known.containsKey(name))) {
            return UNKNOWN;
        }
        return known.computeIfAbsent(name, _ -> ask(database, name));
    }

    private static long ask(String database, String name) {
        try {
            Process process = new ProcessBuilder(List.of("getent", database, name))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            Thread.ofVirtual().name("owner-number-limit").start(() -> stopLater(process));
            byte[] answer = process.getInputStream().readNBytes(MAX_ANSWER_BYTES);
            Long number = parse(new String(answer, StandardCharsets.UTF_8), name);
            return number == null ? UNKNOWN : number;
        } catch (IOException noSuchCommand) {
            return UNKNOWN;
        }
    }

    /// `name:password:number:…`. A name of digits is answered with the entry of that number, which is not meant.
    static @Nullable Long parse(String answer, String name) {
        String[] fields = answer.lines().findFirst().orElse("").split(":", -1);
        if (fields.length < 3 || !fields[0].equals(name)) {
            return null;
        }
        try {
            return Integer.parseUnsignedInt(fields[2]) & 0xFFFF_FFFFL;
        } catch (NumberFormatException notAnEntry) {
            return null;
        }
    }

    private static void stopLater(Process process) {
        try {
            if (!process.waitFor(ANSWER_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
