package dev.reprise.storage.sftp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A running program that speaks SFTP on its standard streams. What it says on standard error is
/// kept for messages; questions (passphrases, unknown hosts) it asks at the terminal itself.
final class SshProcess implements AutoCloseable {
    private static final int LINES_KEPT = 60;
    private static final int LINE_CHARACTERS = 500;
    private static final int ENDING_SECONDS = 5;
    private static final int LAST_WORDS_SECONDS = 2;
    /// Ctrl-C reaches every program of the terminal. Ours then still wants to remove its lock
    /// over this connection, so the other one must not see it. What is ignored stays ignored over
    /// `exec`.
    private static final List<String> DEAF = List.of("sh", "-c", "trap '' INT HUP; exec \"$0\" \"$@\"");

    private final Process process;
    private final Thread listener;
    private final Deque<String> words = new ArrayDeque<>();

    private SshProcess(Process process) {
        this.process = process;
        this.listener = Thread.ofPlatform().daemon().name("ssh messages").start(this::listen);
    }

    /// @throws IOException if it cannot be started
    static SshProcess start(SshCommand command) throws IOException {
        var words = new ArrayList<>(DEAF);
        words.addAll(command.words());
        var builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(command.environment());
        return new SshProcess(builder.start());
    }

    InputStream input() {
        return process.getInputStream();
    }

    OutputStream output() {
        return process.getOutputStream();
    }

    private void listen() {
        try (var lines = new BufferedReader(new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(Words.printable(line, LINE_CHARACTERS));
            }
        } catch (IOException e) {
            // What it said is for messages only.
        }
    }

    private void keep(String line) {
        synchronized (words) {
            if (words.size() == LINES_KEPT) {
                words.removeFirst();
            }
            if (!line.isBlank()) {
                words.addLast(line);
            }
        }
    }

    /// Waits a moment for its end and gives the last lines it said.
    List<String> lastWords() {
        try {
            // Its messages end with it, unless a child of it goes on.
            if (process.waitFor(LAST_WORDS_SECONDS, TimeUnit.SECONDS)) {
                listener.join(TimeUnit.SECONDS.toMillis(1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        synchronized (words) {
            return List.copyOf(words);
        }
    }

    /// Ends it at once. What was answered is done; nobody waits for the rest.
    @Override
    public void close() {
        // A program it started may hold the pipes open, and who reads them would wait for its end.
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(ENDING_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
