package dev.reprise.sources.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.Secret;
import dev.reprise.embedded.EmbeddedPostgres;
import dev.reprise.embedded.PostgresPrograms;
import dev.reprise.embedded.ServerProcess;
import dev.reprise.sources.CapturedStreams;
import dev.reprise.sources.FactsLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A server that only replays: the cluster of a stopped one, started again as a standby.
class PostgresStandbyTest extends PostgresFixture {
    private Path folder = Path.of("");

    @BeforeEach
    void make_a_folder_servers_can_enter() throws IOException {
        folder = Files.createTempDirectory("reprise-standby-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void delete_the_folder() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void is_captured_without_the_rows_of_unlogged_tables_and_says_so() throws Exception {
        Secret password;
        try (var primary =
                EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch().in(folder.resolve("cluster")))) {
            password = primary.password();
            primary.createDatabase("app");
            primary.execute(
                    "app",
                    "CREATE UNLOGGED TABLE quick AS SELECT i FROM generate_series(1, 3) i",
                    "CREATE TABLE kept AS SELECT i FROM generate_series(1, 4) i");
        }
        int port = ServerProcess.freePort();
        try (var standby = standby(port)) {
            standby.awaitReady(() -> answers(port, password), Duration.ofSeconds(60));
            var source = new PostgresSource(
                    PostgresSettings.ofUrl("main", "postgresql://postgres@127.0.0.1:" + port, Optional.of(password))
                            .withLevel(FactsLevel.DIGESTS));
            source.probe();
            var streams = new CapturedStreams();
            assertThat(warnings(source, streams)).singleElement().asString().contains("\"app\"", "public.quick");
            CapturedStreams captured = CapturedStreams.of(source);
            assertThat(captured.facts().counts()).containsOnlyKeys("app.(large objects)", "app.public.kept");
            assertThat(captured.facts().counts()).containsEntry("app.public.kept", 4L);

            restore(source, captured, toTarget(false, Map.of()));
            assertThat(ask(target, "app", "SELECT count(*) FROM quick")).isEqualTo("0");
            assertThat(ask(target, "app", "SELECT count(*) FROM kept")).isEqualTo("4");
        }
    }

    private ServerProcess standby(int port) throws IOException {
        Path cluster = folder.resolve("cluster");
        Path data = cluster.resolve("data");
        Files.createFile(data.resolve("standby.signal"));
        var argv = List.of(
                PostgresPrograms.bundled().folder().resolve("bin/postgres").toString(),
                "-D",
                data.toString(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "port=" + port);
        return ServerProcess.start(new ServerProcess.Launch(
                "standby",
                argv,
                Map.of("LC_ALL", "C"),
                cluster,
                cluster.resolve("postgres.log"),
                "INT",
                "QUIT",
                () -> {}));
    }

    private static boolean answers(int port, Secret password) {
        String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
        try (var connection = DriverManager.getConnection(url, "postgres", password.reveal())) {
            return SqlRows.bool(connection, "SELECT pg_is_in_recovery()");
        } catch (SQLException e) {
            return false; // not yet
        }
    }
}
