package dev.reprise.testkit.azure;

import dev.reprise.embedded.EmbeddedException;
import dev.reprise.embedded.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Azurite on a free loopback port, its data in memory. It checks keys and signatures. Fetched by
/// `scripts/fetch-stores`
/// on first use and kept in `.peers` below the project; needs Node.
public final class Azurite implements AutoCloseable {
    /// Name and key of its one account.
    public static final String ACCOUNT = "repriseacct";

    /// Made up.
    public static final String KEY = "bm90IGEgc2VjcmV0OiBhIGtleSBvZiB0aGUgdGVzdHMgYWxvbmU=";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;
    private static final int FETCH_MINUTES = 10;

    private final int port;
    private final ServerProcess process;

    private Azurite(int port, ServerProcess process) {
        this.port = port;
        this.process = process;
    }

    /// Without TLS.
    ///
    /// @param folder an existing one, for its log
    public static Azurite plain(Path folder) {
        return start(folder, List.of());
    }

    /// With TLS.
    ///
    /// @param folder   an existing one, for its log
    /// @param identity PKCS 12 file
    public static Azurite secured(Path folder, Path identity, String password) {
        return start(folder, List.of("--cert", identity.toString(), "--pwd", password));
    }

    private static Azurite start(Path folder, List<String> flags) {
        Path program = fetched();
        try {
            // Servers run as an ordinary user, whoever runs the tests.
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (int attempt = 1; ; attempt++) {
            int port = ServerProcess.freePort();
            ServerProcess process = ServerProcess.start(new ServerProcess.Launch(
                    "Azurite",
                    command(program, port, flags),
                    Map.of("AZURITE_ACCOUNTS", ACCOUNT + ":" + KEY),
                    folder,
                    folder.resolve("azurite.log"),
                    "TERM",
                    "TERM",
                    () -> {}));
            try {
                process.awaitReady(() -> listens(port), PATIENCE);
                return new Azurite(port, process);
            } catch (EmbeddedException e) {
                if (attempt == ATTEMPTS || !e.fact().contains("EADDRINUSE")) {
                    throw e;
                }
            }
        }
    }

    /// It tells its makers of its use unless it is asked not to, and refuses clients newer than itself.
    private static List<String> command(Path program, int port, List<String> flags) {
        List<String> command = new ArrayList<>(List.of(program.toString(), "--blobHost", "127.0.0.1"));
        command.addAll(List.of("--blobPort", String.valueOf(port), "--inMemoryPersistence", "--silent"));
        command.addAll(List.of("--disableTelemetry", "--skipApiVersionCheck"));
        command.addAll(flags);
        return command;
    }

    private static boolean listens(int port) {
        try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static synchronized Path fetched() {
        Path root = Path.of(System.getProperty("reprise.root", ".")).toAbsolutePath();
        Path peers = root.resolve(".peers");
        try {
            Files.createDirectories(peers);
            try (var channel = FileChannel.open(
                            peers.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    var _ = channel.lock()) {
                fetch(root, peers);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return peers.resolve("azurite/node_modules/.bin/azurite-blob");
    }

    private static void fetch(Path root, Path peers) throws IOException {
        Process process = new ProcessBuilder(
                        root.resolve("scripts/fetch-stores").toString(), peers.toString(), "azurite")
                .inheritIO() // prints the version
                .start();
        try {
            if (!process.waitFor(FETCH_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new IOException("Azurite could not be fetched");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while fetching Azurite", e);
        } finally {
            process.destroyForcibly();
        }
    }

    public int port() {
        return port;
    }

    /// Of the account, without TLS.
    public String endpoint() {
        return "http://127.0.0.1:" + port + "/" + ACCOUNT;
    }

    @Override
    public void close() {
        process.close();
    }
}
