package dev.reprise.sources.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Names of users or of groups by number: the database file, read once, then the system's other directories
/// (LDAP and the like) through `getent`, asked once per unknown number.
final class OwnerNames {
    static final OwnerNames USERS = new OwnerNames(Path.of("/etc/passwd"), 6, List.of("getent", "passwd"));
    static final OwnerNames GROUPS = new OwnerNames(Path.of("/etc/group"), 4, List.of("getent", "group"));

    /// A tree unpacked with random owners must not start a process for each of them.
    private static final int MAX_QUESTIONS = 4096;
    private static final long ANSWER_SECONDS = 10;
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private final Path database;
    private final int fewestFields;
    private final List<String> question;
    private final AtomicInteger questions = new AtomicInteger();
    private volatile @Nullable ConcurrentHashMap<Long, String> names;

    /// @param database     lines of fields separated by colons: name, password, number, …
    /// @param fewestFields lines with fewer are not entries
    /// @param question     a command that gets the number as its last argument and prints such a line
    OwnerNames(Path database, int fewestFields, List<String> question) {
        this.database = database;
        this.fewestFields = fewestFields;
        this.question = question;
    }

    /// @return the empty text if nobody knows the number; that is remembered too
    String name(long number) {
        return loaded().computeIfAbsent(number, this::ask);
    }

    private ConcurrentHashMap<Long, String> loaded() {
        ConcurrentHashMap<Long, String> known = names;
        if (known == null) {
            known = readDatabase();
            names = known;
        }
        return known;
    }

    private ConcurrentHashMap<Long, String> readDatabase() {
        var known = new ConcurrentHashMap<Long, String>();
        try {
            String text = new String(Files.readAllBytes(database), StandardCharsets.UTF_8);
            text.lines().forEach(line -> addEntry(line, known));
        } catch (IOException unreadable) {
            known.clear(); // no database: everything is asked
        }
        return known;
    }

    /// The first entry of a number wins, as in the C library.
    private void addEntry(String line, ConcurrentHashMap<Long, String> known) {
        String[] fields = line.strip().split(":", -1);
        if (fields.length >= fewestFields && isName(fields[0])) {
            try {
                known.putIfAbsent((long) Integer.parseUnsignedInt(fields[2]) & 0xFFFFFFFFL, fields[0]);
            } catch (NumberFormatException notAnEntry) {
                return;
            }
        }
    }

    /// Lines that begin with these marks are comments or refer to another database.
    private static boolean isName(String field) {
        return !field.isEmpty() && "#+-".indexOf(field.charAt(0)) < 0;
    }

    private String ask(long number) {
        if (questions.incrementAndGet() > MAX_QUESTIONS) {
            return "";
        }
        try {
            var command = new ArrayList<>(question);
            command.add(Long.toString(number));
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            Thread.ofVirtual().name("owner-name-limit").start(() -> stopLater(process));
            process.getOutputStream().close();
            byte[] answer = process.getInputStream().readNBytes(MAX_ANSWER_BYTES);
            return nameIn(new String(answer, StandardCharsets.UTF_8), number);
        } catch (IOException noSuchCommand) {
            questions.set(MAX_QUESTIONS);
            return "";
        }
    }

    private String nameIn(String answer, long number) {
        var found = new ConcurrentHashMap<Long, String>();
        answer.lines().limit(1).forEach(line -> addEntry(line, found));
        return found.getOrDefault(number, "");
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
