package dev.reprise.embedded;

import dev.reprise.base.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A Redis server on loopback that saves only when told to. Safe for many threads.
public final class EmbeddedRedis implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;
    private static final int TIMEOUT_MILLIS = 2_000;

    /// What to start.
    ///
    /// @param folder     data directory, may hold data; empty for a temporary one that goes away
    /// @param appendOnly whether every write goes to an append-only file
    /// @param password   of the default user
    /// @param settings   added to the configuration file: `maxmemory` → `100mb`
    public record Options(
            Optional<Path> folder, boolean appendOnly, Optional<Secret> password, Map<String, String> settings) {
        /// A temporary folder, no append-only file, no password.
        public static Options scratch() {
            return new Options(Optional.empty(), false, Optional.empty(), Map.of());
        }

        public Options in(Path other) {
            return new Options(Optional.of(other), appendOnly, password, settings);
        }

        public Options appendOnly(boolean other) {
            return new Options(folder, other, password, settings);
        }

        public Options password(Secret other) {
            return new Options(folder, appendOnly, Optional.of(other), settings);
        }

        public Options set(String setting, String value) {
            var all = new TreeMap<>(settings);
            all.put(setting, value);
            return new Options(folder, appendOnly, password, all);
        }
    }

    private final Path folder;
    private final int port;
    private final ServerProcess process;

    private EmbeddedRedis(Path folder, int port, ServerProcess process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /// Starts a server and returns when it has loaded its data and answers.
    public static EmbeddedRedis start(Options options) {
        DebianTools.Program program = DebianTools.find("redis-server");
        ServerUser user = ServerUser.current();
        try {
            Path folder = options.folder().isPresent()
                    ? Files.createDirectories(options.folder().get()).toAbsolutePath()
                    : Folders.temporary("reprise-redis-", user);
            var scratch = new ScratchFolder(folder, options.folder().isEmpty());
            try {
                return startIn(scratch, program, options, user);
            } catch (IOException | RuntimeException e) {
                scratch.deleteNow();
                throw e;
            }
        } catch (IOException e) {
            throw new EmbeddedException("Redis could not be set up", "make room on the disk", e);
        }
    }

    private static EmbeddedRedis startIn(
            ScratchFolder scratch, DebianTools.Program program, Options options, ServerUser user) throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = ServerProcess.freePort();
            try {
                ServerProcess process = launch(program, scratch, port, options, user);
                scratch.deleteWhenStopped();
                return new EmbeddedRedis(scratch.folder(), port, process);
            } catch (EmbeddedException e) {
                if (attempt == ATTEMPTS || !e.fact().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private static ServerProcess launch(
            DebianTools.Program program, ScratchFolder scratch, int port, Options options, ServerUser user)
            throws IOException {
        Path folder = scratch.folder();
        // In a file, because a password must not stand in the process list.
        Path configuration = folder.resolve("redis.conf");
        Files.deleteIfExists(configuration);
        Files.createFile(
                configuration, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(configuration, configuration(folder, port, options));
        user.own(folder);
        var argv = List.of(program.file().toString(), configuration.toString());
        ServerProcess process = ServerProcess.start(new ServerProcess.Launch(
                "Redis",
                argv,
                program.environment(),
                folder,
                folder.resolve("redis.log"),
                "TERM",
                "TERM",
                scratch::stopped));
        process.awaitReady(() -> answers(port), PATIENCE);
        return process;
    }

    private static String configuration(Path folder, int port, Options options) {
        var settings = new TreeMap<String, String>();
        settings.put("bind", "127.0.0.1");
        settings.put("port", Integer.toString(port));
        settings.put("dir", folder.toString());
        settings.put("save", "");
        settings.put("appendonly", options.appendOnly() ? "yes" : "no");
        settings.put("repl-diskless-sync-delay", "0");
        settings.put("enable-debug-command", "local");
        options.password().ifPresent(password -> settings.put("requirepass", password.reveal()));
        settings.putAll(options.settings());
        var text = new StringBuilder();
        settings.forEach((name, value) -> text.append(name)
                .append(" \"")
                .append(value.replace("\"", "\\\""))
                .append("\"\n"));
        return text.toString();
    }

    /// True once the answer to PING is PONG or a demand for the password; not while data is being loaded.
    private static boolean answers(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(7), StandardCharsets.US_ASCII);
            return answer.startsWith("+PONG") || answer.startsWith("-NOAUTH");
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /// The data directory; also holds `redis.conf` and `redis.log`.
    public Path folder() {
        return folder;
    }

    /// `redis://127.0.0.1:6379`, without the password.
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    public ServerProcess process() {
        return process;
    }

    /// Stops the server, which saves only with an append-only file, and removes a temporary folder.
    @Override
    public void close() {
        process.close();
    }
}
