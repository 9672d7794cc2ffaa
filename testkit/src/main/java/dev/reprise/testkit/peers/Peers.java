package dev.reprise.testkit.peers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/// Other people's programs, put into `.peers` below the project by its scripts, once for all tests and processes.
public final class Peers {
    /// Some are built from source.
    private static final int FETCH_MINUTES = 30;

    private Peers() {}

    /// Where a program is, after fetching it if needed.
    ///
    /// @param script  of the folder `scripts`; called with the folder `.peers` and the name
    /// @param name    as the script knows it
    /// @param program below `.peers`
    public static Path fetched(String script, String name, String program) {
        return locked(script, name, program, false);
    }

    /// As above, and the script prints the version also if the program is there.
    public static Path announced(String script, String name, String program) {
        return locked(script, name, program, true);
    }

    private static synchronized Path locked(String script, String name, String program, boolean announce) {
        Path root = Path.of(System.getProperty("reprise.root", ".")).toAbsolutePath();
        Path peers = root.resolve(".peers");
        Path found = peers.resolve(program);
        try {
            Files.createDirectories(peers);
            try (var channel = FileChannel.open(
                            peers.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                if (announce || !Files.isExecutable(found)) {
                    run(root.resolve("scripts").resolve(script), peers, name);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static void run(Path script, Path peers, String name) throws IOException {
        Process process = new ProcessBuilder(script.toString(), peers.toString(), name)
                .inheritIO()
                .start();
        try {
            if (!process.waitFor(FETCH_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException(name + " could not be fetched");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while fetching " + name, e);
        } finally {
            process.destroyForcibly();
        }
    }
}
