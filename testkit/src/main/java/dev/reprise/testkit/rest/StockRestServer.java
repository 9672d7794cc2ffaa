package dev.reprise.testkit.rest;

import dev.reprise.embedded.EmbeddedException;
import dev.reprise.embedded.ServerProcess;
import dev.reprise.testkit.peers.Peers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Stock rest-server, or `rclone serve restic`, on a free loopback port. Fetched by `scripts/fetch-peers` on first use
/// and kept in `.peers` below the project.
public final class StockRestServer implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 5;

    private final int port;
    private final ServerProcess process;

    private StockRestServer(int port, ServerProcess process) {
        this.port = port;
        this.process = process;
    }

    /// @param folder an existing one; what is served lies in `repositories` below, a log beside it
    /// @param flags  beside `--path` and `--listen`
    public static StockRestServer restServer(Path folder, String... flags) {
        Path program = fetched("rest-server");
        return start(folder, port -> {
            var command = new ArrayList<>(List.of(
                    program.toString(),
                    "--listen",
                    "127.0.0.1:" + port,
                    "--path",
                    served(folder).toString()));
            command.addAll(Arrays.asList(flags));
            return command;
        });
    }

    /// @param folder as above
    /// @param flags  beside the address
    public static StockRestServer rclone(Path folder, String... flags) {
        Path program = fetched("rclone");
        return start(folder, port -> {
            var command = new ArrayList<>(List.of(
                    program.toString(), "serve", "restic", "--addr", "127.0.0.1:" + port, "--config", "/dev/null"));
            command.addAll(Arrays.asList(flags));
            command.add(served(folder).toString());
            return command;
        });
    }

    /// Where the repositories of a server in this folder lie.
    public static Path served(Path folder) {
        return folder.resolve("repositories");
    }

    private interface CommandLine {
        List<String> at(int port);
    }

    private static StockRestServer start(Path folder, CommandLine command) {
        try {
            Files.createDirectories(served(folder));
            // Servers run as an ordinary user, whoever runs the tests.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.setPosixFilePermissions(served(folder), PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int attempt = 1; ; attempt++) {
            int port = ServerProcess.freePort();
            ServerProcess process = ServerProcess.start(new ServerProcess.Launch(
                    "REST server",
                    command.at(port),
                    Map.of(),
                    folder,
                    folder.resolve("server.log"),
                    "TERM",
                    "TERM",
                    () -> {}));
            try {
                process.awaitReady(() -> listens(port), PATIENCE);
                return new StockRestServer(port, process);
            } catch (EmbeddedException e) {
                if (attempt == ATTEMPTS || !e.fact().contains("address already in use")) {
                    throw e;
                }
            }
        }
    }

    private static boolean listens(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Where the program is, after fetching it if needed.
    public static Path fetched(String name) {
        return Peers.fetched("fetch-peers", name, name);
    }

    public int port() {
        return port;
    }

    /// `http://127.0.0.1:8000/`.
    public String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    /// The last of what it said.
    public String log() {
        return process.logTail();
    }

    @Override
    public void close() {
        process.close();
    }
}
