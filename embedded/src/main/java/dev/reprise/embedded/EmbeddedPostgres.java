package dev.reprise.embedded;

import dev.reprise.base.CancelledException;
import dev.reprise.base.Secret;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A PostgreSQL server on loopback: page checksums, UTF-8, locale `C.UTF-8`, passwords checked with SCRAM also on
/// loopback, no Unix socket, superuser `postgres` with a password of this start.
///
/// Safe for many threads.
public final class EmbeddedPostgres implements AutoCloseable {
    /// The superuser.
    public static final String USER = "postgres";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;

    /// What to start.
    ///
    /// @param programs server programs of the wanted version
    /// @param folder   where the cluster and its log lie: a new or empty folder, or one this class made before (its
    ///                 cluster is started again, with a new password); empty for a temporary one that goes away
    /// @param durable  false switches `fsync` off: faster, and enough for data nobody keeps
    /// @param settings added to the server's command line: `wal_level` → `logical`
    public record Options(
            PostgresPrograms programs, Optional<Path> folder, boolean durable, Map<String, String> settings) {
        /// The bundled version in a temporary folder, without `fsync`.
        public static Options scratch() {
            return new Options(PostgresPrograms.bundled(), Optional.empty(), false, Map.of());
        }

        public Options with(PostgresPrograms other) {
            return new Options(other, folder, durable, settings);
        }

        public Options in(Path other) {
            return new Options(programs, Optional.of(other), durable, settings);
        }

        public Options set(String setting, String value) {
            var all = new TreeMap<>(settings);
            all.put(setting, value);
            return new Options(programs, folder, durable, all);
        }
    }

    private final Path folder;
    private final int port;
    private final Secret password;
    private final ServerProcess process;

    private EmbeddedPostgres(Path folder, int port, Secret password, ServerProcess process) {
        this.folder = folder;
        this.port = port;
        this.password = password;
        this.process = process;
    }

    /// Makes a cluster where there is none, starts it and returns when it accepts connections.
    public static EmbeddedPostgres start(Options options) {
        ServerUser user = ServerUser.current();
        try {
            user.requireReachable(options.programs().folder());
            Path folder = options.folder().isPresent()
                    ? Files.createDirectories(options.folder().get()).toAbsolutePath()
                    : Folders.temporary("reprise-postgres-", user);
            user.own(folder);
            return startIn(folder, randomPassword(), options, user);
        } catch (IOException e) {
            throw new EmbeddedException("PostgreSQL could not be set up", "make room on the disk", e);
        }
    }

    private static Secret randomPassword() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return Secret.of(HexFormat.of().formatHex(random));
    }

    private static EmbeddedPostgres startIn(Path folder, Secret password, Options options, ServerUser user)
            throws IOException {
        var scratch = new ScratchFolder(folder, options.folder().isEmpty());
        try {
            return startIn(scratch, password, options, user);
        } catch (IOException | RuntimeException e) {
            scratch.deleteNow();
            throw e;
        }
    }

    private static EmbeddedPostgres startIn(ScratchFolder scratch, Secret password, Options options, ServerUser user)
            throws IOException {
        Path folder = scratch.folder();
        Path data = folder.resolve("data");
        if (Files.exists(data.resolve("PG_VERSION"))) {
            changePassword(data, password, options, user);
        } else {
            initialise(data, password, options, user);
        }
        for (int attempt = 1; ; attempt++) {
            int port = ServerProcess.freePort();
            try {
                ServerProcess process = launch(scratch, port, options);
                scratch.deleteWhenStopped();
                return new EmbeddedPostgres(folder, port, password, process);
            } catch (EmbeddedException e) {
                if (attempt == ATTEMPTS || !e.fact().contains("Address already in use")) {
                    throw e;
                }
            }
        }
    }

    private static void initialise(Path data, Secret password, Options options, ServerUser user) throws IOException {
        Path file = data.resolveSibling("initial-password");
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(file, password.reveal());
            user.own(data.resolveSibling(""));
            var argv = new ArrayList<>(
                    List.of(program(options, "initdb"), "-D", data.toString(), "-k", "-E", "UTF8", "--locale=C.UTF-8"));
            argv.addAll(List.of("-U", USER, "-A", "scram-sha-256", "--pwfile=" + file));
            if (!options.durable()) {
                argv.add("--no-sync");
            }
            Commands.Finished finished =
                    Commands.run(user.command(argv, ""), data.resolveSibling(""), Map.of("LC_ALL", "C"));
            if (finished.status() != 0) {
                throw new EmbeddedException("initdb failed: " + finished.output(), "read its output above", null);
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /// An existing cluster gets a password of this start through single-user mode, so that none is kept on disk.
    private static void changePassword(Path data, Secret password, Options options, ServerUser user)
            throws IOException {
        var argv = List.of(program(options, "postgres"), "--single", "-D", data.toString(), "template1");
        Process process = new ProcessBuilder(user.command(argv, ""))
                .directory(data.toFile())
                .redirectErrorStream(true)
                .start();
        try (var input = process.outputWriter()) {
            input.write("ALTER USER " + USER + " PASSWORD '" + password.reveal() + "';\n");
        }
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new EmbeddedException("the cluster in " + data + " does not start: " + output, "", null);
            }
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("starting PostgreSQL");
        }
    }

    private static String program(Options options, String name) {
        return options.programs().folder().resolve("bin").resolve(name).toString();
    }

    private static ServerProcess launch(ScratchFolder scratch, int port, Options options) {
        Path folder = scratch.folder();
        Path data = folder.resolve("data");
        var settings = new TreeMap<>(
                Map.of("listen_addresses", "127.0.0.1", "port", Integer.toString(port), "unix_socket_directories", ""));
        if (!options.durable()) {
            settings.putAll(Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off"));
        }
        settings.putAll(options.settings());
        var argv = new ArrayList<>(List.of(program(options, "postgres"), "-D", data.toString()));
        settings.forEach((name, value) -> argv.addAll(List.of("-c", name + "=" + value)));
        Path log = folder.resolve("postgres.log");
        // INT is the fast shutdown; QUIT the immediate one, after which the next start recovers.
        ServerProcess process = ServerProcess.start(new ServerProcess.Launch(
                "PostgreSQL", argv, Map.of("LC_ALL", "C"), folder, log, "INT", "QUIT", scratch::stopped));
        process.awaitReady(() -> isReady(data.resolve("postmaster.pid"), process.pid()), PATIENCE);
        return process;
    }

    /// The server writes its state into line 8 of this file, and its process id into line 1.
    private static boolean isReady(Path pidFile, long pid) throws IOException {
        if (!Files.exists(pidFile)) {
            return false;
        }
        List<String> lines = Files.readAllLines(pidFile);
        return lines.size() >= 8
                && lines.getFirst().strip().equals(Long.toString(pid))
                && lines.get(7).strip().equals("ready");
    }

    public int port() {
        return port;
    }

    /// The superuser's.
    public Secret password() {
        return password;
    }

    /// Holds `data` and `postgres.log`.
    public Path folder() {
        return folder;
    }

    public ServerProcess process() {
        return process;
    }

    /// `postgresql://postgres@127.0.0.1:5432/app`, without the password.
    public String url(String database) {
        return "postgresql://" + USER + "@127.0.0.1:" + port + "/" + encoded(database);
    }

    /// `jdbc:postgresql://127.0.0.1:5432/app`, without user and password.
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + encoded(database);
    }

    private static String encoded(String database) {
        return URLEncoder.encode(database, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// A new connection of the superuser; the caller closes it.
    public Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(database), USER, password.reveal());
    }

    /// Runs statements, each in a transaction of its own, in a database.
    public void execute(String database, String... statements) throws SQLException {
        try (var connection = connect(database);
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    /// Creates an empty database; any name goes.
    public void createDatabase(String name) throws SQLException {
        execute(USER, "CREATE DATABASE \"" + name.replace("\"", "\"\"") + "\"");
    }

    /// Stops the server (fast shutdown) and removes a temporary folder.
    @Override
    public void close() {
        process.close();
    }
}
