package dev.reprise.sources.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.Secret;
import dev.reprise.sources.CapturedStreams;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.SourceListener.SourceEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PostgresCaptureTest extends PostgresFixture {
    @Nested
    class ACapture {
        @Test
        void holds_a_catalog_the_globals_and_one_dump_per_database() {
            CapturedStreams captured = CapturedStreams.of(source(FactsLevel.COUNTS));
            assertThat(captured.paths())
                    .containsExactly(
                            "a%2Fb%20%22c%27%20%3D%25.d.dump",
                            "app.dump", "databases.json", "empty.dump", "globals.sql");
            assertThat(captured.text("globals.sql")).contains("CREATE ROLE app_owner", "SCRAM-SHA-256");
            assertThat(captured.bytes("app.dump")).startsWith("PGDMP".getBytes(StandardCharsets.US_ASCII));
        }

        @Test
        void leaves_the_maintenance_database_out_only_while_nobody_put_anything_into_it() throws SQLException {
            origin.execute("postgres", "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'");
            try {
                assertThat(CapturedStreams.of(source(FactsLevel.NONE)).paths()).contains("postgres.dump");
            } finally {
                origin.execute("postgres", "DROP FUNCTION one()");
            }
            assertThat(CapturedStreams.of(source(FactsLevel.NONE)).paths()).doesNotContain("postgres.dump");
            assertThat(CapturedStreams.of(only("postgres")).paths()).contains("postgres.dump");
        }

        @Test
        void records_versions_positions_rows_and_digests() {
            Facts facts = CapturedStreams.of(source(FactsLevel.DIGESTS)).facts();
            assertThat(facts.versions().get("server")).startsWith("15.");
            assertThat(facts.versions().get("pg_dump")).startsWith("15.");
            assertThat(facts.positions().get("lsn")).matches("[0-9A-F]+/[0-9A-F]+");
            assertThat(facts.counts())
                    .containsEntry("app.public.items", 2000L)
                    .containsEntry("app.public.big", 1L)
                    .containsEntry("app.public.nothing", 1L)
                    .containsEntry("app.public.parent", 0L)
                    .containsEntry("app.public.child", 2L)
                    .containsEntry("app.public.parts_1", 100L)
                    .containsEntry("app.odd%2C%20schema.t%2E%22%3F%7Bfn%7D", 2L)
                    .containsEntry("app.(large objects)", 1L)
                    .containsEntry("a%2Fb%20%22c%27%20%3D%25%2Ed.public.t", 10L)
                    .containsEntry("empty.(large objects)", 0L);
            assertThat(facts.digests())
                    .containsEntry("app.public.items_id_seq", "2000:true")
                    .containsEntry("app.public.parent", "0")
                    .containsKey("app.public.items");
            assertThat(facts.consistentAt()).isAfter(java.time.Instant.parse("2024-01-01T00:00:00Z"));
        }

        @Test
        void tells_contents_apart_that_differ_in_one_value() throws SQLException {
            var source = new PostgresSource(
                    settings(origin).withLevel(FactsLevel.DIGESTS).withDatabases(List.of(ODD), List.of()));
            Facts before = CapturedStreams.of(source).facts();
            origin.execute(ODD, "UPDATE t SET i = 11 WHERE i = 10");
            Facts changed = CapturedStreams.of(source).facts();
            origin.execute(ODD, "UPDATE t SET i = 10 WHERE i = 11");
            Facts back = CapturedStreams.of(source).facts();
            assertThat(changed.counts()).isEqualTo(before.counts());
            assertThat(changed.digests()).isNotEqualTo(before.digests());
            assertThat(back.digests()).isEqualTo(before.digests());
        }

        @Test
        void counts_in_the_snapshot_of_the_dump_while_rows_are_added() throws Exception {
            origin.createDatabase("busy");
            try {
                origin.execute("busy", "CREATE TABLE t AS SELECT i FROM generate_series(1, 500) i");
                var captured = new CapturedStreams();
                Facts facts = only("busy")
                        .capture(
                                (path, stream) -> {
                                    insertOneMore("busy");
                                    captured.store(path, stream);
                                    insertOneMore("busy");
                                },
                                SourceListener.SILENT);
                long recorded = facts.counts().getOrDefault("busy.public.t", 0L);
                assertThat(recorded).isGreaterThan(500);
                assertThat(ask(origin, "busy", "SELECT count(*) FROM t")).isNotEqualTo(Long.toString(recorded));
                Facts restored = restore(only("busy"), captured.withFacts(facts), toTarget(false, Map.of()));
                assertThat(restored.counts()).isEqualTo(facts.counts());
            } finally {
                origin.execute("postgres", "DROP DATABASE busy WITH (FORCE)");
            }
        }

        private void insertOneMore(String database) throws IOException {
            try {
                origin.execute(database, "INSERT INTO t VALUES (0)");
            } catch (SQLException e) {
                throw new IOException(e);
            }
        }

        @Test
        void names_an_invalid_database_and_leaves_it_out() throws SQLException {
            origin.createDatabase("half_dropped");
            origin.execute("postgres", "UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'half_dropped'");
            try {
                var warnings = new ArrayList<SourceEvent>();
                var captured = new CapturedStreams();
                source(FactsLevel.NONE).capture(captured, event -> {
                    if (event instanceof SourceEvent.Warning) {
                        warnings.add(event);
                    }
                });
                assertThat(warnings).hasSize(1).first().asString().contains("half_dropped");
                assertThat(captured.paths()).contains("app.dump").doesNotContain("half_dropped.dump");
            } finally {
                origin.execute("postgres", "DROP DATABASE half_dropped");
            }
        }

        @Test
        void saves_templates_and_names_every_database_it_leaves_out() throws SQLException {
            origin.execute(
                    "postgres",
                    "CREATE DATABASE mould IS_TEMPLATE true",
                    "CREATE DATABASE \"sh\"\"ut\" ALLOW_CONNECTIONS false",
                    "CREATE DATABASE shut_too IS_TEMPLATE true ALLOW_CONNECTIONS false");
            origin.execute("template1", "CREATE TABLE in_every_new_one ()");
            try {
                var captured = new CapturedStreams();
                assertThat(warnings(source(FactsLevel.NONE), captured))
                        .satisfiesExactlyInAnyOrder(
                                fact -> assertThat(fact).contains("ALTER DATABASE \"sh\"\"ut\" ALLOW_CONNECTIONS true"),
                                fact -> assertThat(fact).contains("\"shut_too\" forbids connections", "exclude"),
                                fact -> assertThat(fact).contains("\"template1\"", "list it under databases"));
                assertThat(captured.paths()).contains("mould.dump").doesNotContain("template1.dump");
                assertThat(captured.text("databases.json")).contains("\"closed\":[\"sh\\\"ut\",\"shut_too\"]");
                assertThat(CapturedStreams.of(only("template1")).paths()).contains("template1.dump");
                var excluding = new PostgresSource(
                        settings(origin).withDatabases(List.of(), List.of("mould", "sh\"ut", "shut_too", "template1")));
                assertThat(warnings(excluding, captured)).isEmpty();
                assertThatThrownBy(only("shut_too")::probe)
                        .asInstanceOf(InstanceOfAssertFactories.type(SourceException.class))
                        .extracting(SourceException::hint)
                        .isEqualTo("run: ALTER DATABASE \"shut_too\" ALLOW_CONNECTIONS true");
            } finally {
                origin.execute("template1", "DROP TABLE in_every_new_one");
                try (var connection = origin.connect("postgres")) {
                    for (String database : List.of("mould", "sh\"ut", "shut_too")) {
                        DatabaseSwap.drop(connection, database, true);
                    }
                }
            }
            assertThat(warnings(source(FactsLevel.NONE), new CapturedStreams())).isEmpty();
        }

        @Test
        void keeps_the_password_out_of_the_process_list() {
            String password = origin.password().reveal();
            var seen = new ArrayList<String>();
            only("app")
                    .capture(
                            (path, stream) -> {
                                for (ProcessHandle dump :
                                        path.equals("app.dump") ? dumps() : List.<ProcessHandle>of()) {
                                    seen.add(Files.readString(Path.of("/proc/" + dump.pid() + "/cmdline")));
                                }
                                stream.readAllBytes();
                            },
                            SourceListener.SILENT);
            assertThat(seen).isNotEmpty().noneMatch(commandLine -> commandLine.contains(password));
        }

        @Test
        void refuses_a_database_that_is_not_there() {
            assertThatThrownBy(() -> CapturedStreams.of(only("no_such")))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("\"no_such\"");
        }
    }

    @Nested
    class ADumpThatDies {
        private SourceException captureWhile(Runnable accident) {
            return catchThrowableOfType(
                    SourceException.class,
                    () -> only("app")
                            .capture(
                                    (path, stream) -> {
                                        if (path.equals("app.dump")) {
                                            assertThat(stream.readNBytes(100)).hasSize(100);
                                            accident.run();
                                        }
                                        stream.readAllBytes();
                                    },
                                    SourceListener.SILENT));
        }

        @Test
        void because_its_process_is_killed_is_a_failure() {
            SourceException failure = captureWhile(() -> dumps().forEach(ProcessHandle::destroyForcibly));
            assertThat(failure).hasMessageContaining("app.dump").hasMessageContaining("killed by signal 9");
            assertThat(failure.exitStatus()).isEqualTo(ExitStatus.SOURCE_FAILED);
        }

        @Test
        void because_the_server_ends_its_session_is_a_failure_with_the_reason() {
            SourceException failure = captureWhile(() -> {
                try {
                    origin.execute(
                            "postgres",
                            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                    + " WHERE datname = 'app' AND query LIKE 'COPY%'");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(failure)
                    .hasMessageContaining("app.dump of database \"app\" is not whole: pg_dump ended with status 1:");
        }

        @Test
        void is_noticed_also_when_the_sink_hides_it() {
            assertThatThrownBy(() -> only("app")
                            .capture(
                                    (path, stream) -> {
                                        try {
                                            stream.readNBytes(100);
                                            dumps().forEach(ProcessHandle::destroyForcibly);
                                            stream.readAllBytes();
                                        } catch (IOException e) {
                                            // A sink that takes the end for the end.
                                        }
                                    },
                                    SourceListener.SILENT))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("pg_dump");
        }

        @Test
        void is_noticed_when_the_sink_stops_reading() {
            assertThatThrownBy(
                            () -> only("app").capture((path, stream) -> stream.readNBytes(10), SourceListener.SILENT))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("not read to its end");
            assertThat(dumps()).noneMatch(ProcessHandle::isAlive);
        }

        @Test
        void leaves_no_process_when_the_thread_is_interrupted() throws Exception {
            var started = new CountDownLatch(1);
            var never = new CountDownLatch(1);
            var outcome = new CompletableFuture<Throwable>();
            Thread thread = Thread.ofPlatform().start(() -> {
                try {
                    only("app")
                            .capture(
                                    (path, stream) -> {
                                        if (path.equals("app.dump")) {
                                            started.countDown();
                                            await(never);
                                        }
                                        stream.readAllBytes();
                                    },
                                    SourceListener.SILENT);
                } catch (RuntimeException e) {
                    outcome.complete(e);
                }
            });
            started.await();
            List<ProcessHandle> running = dumps();
            thread.interrupt();
            assertThat(outcome.get(30, TimeUnit.SECONDS)).isInstanceOf(CancelledException.class);
            thread.join();
            for (ProcessHandle dump : running) {
                dump.onExit().get(30, TimeUnit.SECONDS);
            }
            assertThat(running).isNotEmpty();
        }

        private void await(CountDownLatch latch) throws IOException {
            try {
                latch.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    @Nested
    class WithoutTheRights {
        @Test
        void a_wrong_password_is_named_but_not_shown() {
            var source = new PostgresSource(
                    PostgresSettings.ofUrl("main", origin.url(""), Optional.of(Secret.of("not-it"))));
            SourceException failure = catchThrowableOfType(SourceException.class, source::probe);
            assertThat(failure).hasMessageContaining("password authentication failed");
            assertThat(failure.hint()).contains("pg_hba.conf");
            assertThat(failure.fact() + failure.hint()).doesNotContain("not-it");
        }

        @Test
        void a_server_that_is_not_there_is_named() {
            int port = dev.reprise.embedded.ServerProcess.freePort();
            var source = new PostgresSource(
                    PostgresSettings.ofUrl("main", "postgresql://u@127.0.0.1:" + port, Optional.empty()));
            assertThatThrownBy(source::probe)
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("127.0.0.1:" + port);
        }

        @Test
        void a_table_that_may_not_be_read_fails_the_probe_and_the_capture() throws SQLException {
            PostgresSource source = as("weak", "");
            assertThatThrownBy(source::probe)
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("secrets");
            assertThatThrownBy(() -> CapturedStreams.of(source))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("permission denied");
        }

        @Test
        void a_reader_of_all_data_gets_everything() throws SQLException {
            PostgresSource source = as("reader", "GRANT pg_read_all_data TO reader");
            source.probe();
            CapturedStreams captured = CapturedStreams.of(source);
            assertThat(captured.facts().counts()).containsEntry("guarded.public.secrets", 3L);
            assertThat(captured.text("globals.sql")).contains("CREATE ROLE app_owner", "SCRAM-SHA-256");
        }

        @Test
        void passwords_of_roles_that_may_not_be_read_are_left_out_with_a_warning() throws SQLException {
            PostgresSource source = as("weak", "");
            origin.execute("guarded", "GRANT SELECT ON secrets TO weak");
            var warnings = new ArrayList<String>();
            var captured = new CapturedStreams();
            source.capture(captured, event -> {
                if (event instanceof SourceEvent.Warning warning) {
                    warnings.add(warning.fact());
                }
            });
            assertThat(captured.text("globals.sql"))
                    .contains("CREATE ROLE app_owner")
                    .doesNotContain("SCRAM-SHA-256");
            assertThat(warnings).hasSize(1).first().asString().contains("without their passwords");
        }

        @Test
        void rows_hidden_by_row_security_fail_instead_of_going_missing() throws SQLException {
            PostgresSource source = as("filtered", "GRANT pg_read_all_data TO filtered");
            origin.execute("guarded", "ALTER TABLE secrets ENABLE ROW LEVEL SECURITY");
            assertThatThrownBy(source::probe)
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("secrets");
            assertThatThrownBy(() -> CapturedStreams.of(source))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("row-level security");
            origin.execute("postgres", "ALTER ROLE filtered BYPASSRLS");
            assertThat(CapturedStreams.of(source).facts().counts()).containsEntry("guarded.public.secrets", 3L);
        }

        private PostgresSource as(String role, String grant) throws SQLException {
            origin.execute("postgres", "CREATE ROLE " + role + " LOGIN PASSWORD 'pw'");
            origin.createDatabase("guarded");
            origin.execute("guarded", "CREATE TABLE secrets AS SELECT i FROM generate_series(1, 3) i");
            if (!grant.isEmpty()) {
                origin.execute("postgres", grant);
            }
            String url = origin.url("").replace("postgres@", role + ":pw@");
            return new PostgresSource(
                    PostgresSettings.ofUrl("main", url, Optional.empty()).withDatabases(List.of("guarded"), List.of()));
        }

        @AfterEach
        void drop() throws SQLException {
            origin.execute("postgres", "DROP DATABASE IF EXISTS guarded WITH (FORCE)");
            for (String role : List.of("weak", "reader", "filtered")) {
                origin.execute("postgres", "DROP ROLE IF EXISTS " + role);
            }
        }
    }

    @Test
    void a_locked_table_fails_after_the_longest_wait() throws SQLException {
        var source = new PostgresSource(
                settings(origin).withDatabases(List.of("app"), List.of()).withMaxLockWait(Duration.ofMillis(200)));
        try (var connection = origin.connect("app")) {
            connection.setAutoCommit(false);
            SqlRows.execute(connection, "LOCK TABLE items IN ACCESS EXCLUSIVE MODE");
            SourceException failure = catchThrowableOfType(SourceException.class, () -> CapturedStreams.of(source));
            assertThat(failure).hasMessageContaining("lock timeout");
            assertThat(failure.hint()).contains("longer wait for locks");
            connection.rollback();
        }
    }
}
