package dev.reprise.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.Secret;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class EmbeddedServersTest {
    private Path folder = Path.of("");

    @BeforeEach
    void make_a_folder_others_can_enter() throws IOException {
        folder = Files.createTempDirectory("reprise embedded ");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void delete_the_folder() throws IOException {
        Folders.delete(folder);
    }

    @Nested
    class Postgres {
        @Test
        void answers_with_checksums_and_utf8_as_an_ordinary_user() throws Exception {
            try (var server = EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch())) {
                assertThat(query(server, "SHOW data_checksums")).isEqualTo("on");
                assertThat(query(server, "SHOW server_encoding")).isEqualTo("UTF8");
                assertThat(query(server, "SHOW server_version")).startsWith("15.");
                assertThat(owner(server.process().pid())).isNotEqualTo(0);
            }
        }

        @Test
        void asks_for_the_password_also_on_loopback() throws Exception {
            try (var server = EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch())) {
                assertThatThrownBy(() -> java.sql.DriverManager.getConnection(
                                server.jdbcUrl("postgres"), EmbeddedPostgres.USER, "wrong"))
                        .hasMessageContaining("password authentication failed");
            }
        }

        @Test
        void leaves_no_process_and_no_folder_behind() throws Exception {
            var server = EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch());
            Path data = server.folder();
            List<ProcessHandle> all = ProcessHandle.of(server.process().pid())
                    .orElseThrow()
                    .descendants()
                    .toList();
            assertThat(all).isNotEmpty();
            server.close();
            assertThat(server.process().alive()).isFalse();
            assertThat(all).noneMatch(ProcessHandle::isAlive);
            assertThat(data).doesNotExist();
        }

        @Test
        void finds_its_rows_again_after_a_power_failure_in_a_folder_with_spaces() throws Exception {
            var options = EmbeddedPostgres.Options.scratch().in(folder.resolve("a cluster"));
            try (var server = EmbeddedPostgres.start(options)) {
                server.createDatabase("a \"b");
                server.execute("a \"b", "CREATE TABLE t AS SELECT 42 AS x", "CHECKPOINT");
                server.process().kill();
            }
            try (var server = EmbeddedPostgres.start(options);
                    var connection = server.connect("a \"b");
                    var rows = connection.createStatement().executeQuery("SELECT x FROM t")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(42);
            }
        }

        @Test
        void names_the_reason_when_a_setting_is_refused() {
            var options = EmbeddedPostgres.Options.scratch().set("shared_buffers", "lots");
            assertThatThrownBy(() -> EmbeddedPostgres.start(options))
                    .isInstanceOf(EmbeddedException.class)
                    .hasMessageContaining("shared_buffers");
        }

        @Test
        void refuses_a_folder_without_programs() {
            assertThatThrownBy(() -> PostgresPrograms.ofFolder(folder))
                    .isInstanceOfSatisfying(
                            EmbeddedException.class,
                            e -> assertThat(e.exitStatus()).isEqualTo(ExitStatus.MISSING_PROGRAM));
        }

        private String query(EmbeddedPostgres server, String sql) throws Exception {
            try (var connection = server.connect("postgres");
                    var rows = connection.createStatement().executeQuery(sql)) {
                rows.next();
                return rows.getString(1);
            }
        }
    }

    @Nested
    class Redis {
        @Test
        void answers_as_an_ordinary_user_and_takes_its_folder_away() throws Exception {
            Path data;
            try (var server = EmbeddedRedis.start(EmbeddedRedis.Options.scratch())) {
                data = server.folder();
                assertThat(ask(server, "SET a 1")).isEqualTo("+OK");
                assertThat(owner(server.process().pid())).isNotEqualTo(0);
            }
            assertThat(data).doesNotExist();
        }

        @Test
        void keeps_its_keys_with_an_append_only_file_in_a_folder_with_spaces() throws Exception {
            var options = EmbeddedRedis.Options.scratch()
                    .in(folder.resolve("a cache"))
                    .appendOnly(true);
            try (var server = EmbeddedRedis.start(options)) {
                ask(server, "SET kept yes");
            }
            try (var server = EmbeddedRedis.start(options)) {
                assertThat(ask(server, "EXISTS kept")).isEqualTo(":1");
            }
        }

        @Test
        void keeps_its_password_out_of_the_process_list() throws Exception {
            var options = EmbeddedRedis.Options.scratch().password(Secret.of("quite \"secret"));
            try (var server = EmbeddedRedis.start(options)) {
                assertThat(ask(server, "PING")).startsWith("-NOAUTH");
                assertThat(ask(server, "AUTH \"quite \\\"secret\"")).isEqualTo("+OK");
                assertThat(Files.readString(Path.of("/proc/" + server.process().pid() + "/cmdline")))
                        .doesNotContain("secret");
            }
        }

        private String ask(EmbeddedRedis server, String command) throws IOException {
            try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                    var reader = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
                return Objects.requireNonNull(reader.readLine());
            }
        }
    }

    @Nested
    class AProgramThatDies {
        /// Another virtual machine starts a server and is killed; the kernel then ends the server.
        @Test
        void takes_its_server_along() throws Exception {
            Process other = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "-Djava.io.tmpdir=" + folder, // what it leaves behind goes with the test
                            "-cp",
                            System.getProperty("java.class.path"),
                            StartAndWait.class.getName())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            long pid;
            try (var reader = other.inputReader()) {
                pid = Long.parseLong(Objects.requireNonNull(reader.readLine()));
                ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
                assertThat(server.isAlive()).isTrue();
                other.destroyForcibly();
                server.onExit().get(30, java.util.concurrent.TimeUnit.SECONDS);
                assertThat(server.isAlive()).isFalse();
            }
        }
    }

    static final class StartAndWait {
        private StartAndWait() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) throws IOException {
            var server = EmbeddedRedis.start(EmbeddedRedis.Options.scratch());
            System.out.println(server.process().pid());
            System.in.read();
        }
    }

    @Nested
    class Tools {
        @Test
        void redis_comes_from_the_machine_or_from_debian() throws Exception {
            DebianTools.Program program = DebianTools.find("redis-check-rdb");
            Commands.Finished finished =
                    Commands.run(List.of(program.file().toString(), "--version"), Path.of("/"), program.environment());
            assertThat(finished.output()).contains("redis-check-rdb");
        }

        @Test
        void an_unknown_program_is_named_with_what_to_do() {
            assertThatThrownBy(() -> DebianTools.find("no-such-program"))
                    .isInstanceOfSatisfying(EmbeddedException.class, e -> {
                        assertThat(e.exitStatus()).isEqualTo(ExitStatus.MISSING_PROGRAM);
                        assertThat(e.fact()).contains("no-such-program");
                        assertThat(e.hint()).isNotEmpty();
                    });
        }

        @Test
        void a_package_that_does_not_exist_leaves_nothing_half_done() throws IOException {
            assertThatThrownBy(() -> DebianTools.fetched("redis-server", "reprise-no-such-package"))
                    .isInstanceOfSatisfying(EmbeddedException.class, e -> {
                        assertThat(e.exitStatus()).isEqualTo(ExitStatus.MISSING_PROGRAM);
                        assertThat(e.hint()).contains("apt-get install redis-server");
                    });
            assertThat(Folders.cache().resolve("debian-reprise-no-such-package"))
                    .doesNotExist();
        }
    }

    private static int owner(long pid) throws IOException {
        Object uid = Files.getAttribute(Path.of("/proc/" + pid), "unix:uid");
        return ServerUser.current().change() ? (Integer) uid : -1;
    }
}
