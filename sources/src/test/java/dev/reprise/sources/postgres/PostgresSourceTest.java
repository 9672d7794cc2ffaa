package dev.reprise.sources.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.base.Secret;
import dev.reprise.embedded.EmbeddedPostgres;
import dev.reprise.embedded.PostgresPrograms;
import dev.reprise.sources.CapturedStreams;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.RestorePlan;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import dev.reprise.sources.SourceListener.SourceEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two real servers: `origin` is captured, `target` restored into.
class PostgresSourceTest {
    private static final String ODD = "a/b \"c' =%.d";
    private static EmbeddedPostgres origin;
    private static EmbeddedPostgres target;

    @TempDir
    Path folder = Path.of("");

    @BeforeAll
    static void start() throws SQLException {
        origin = EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch());
        target = EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch());
        origin.execute(
                "postgres",
                "CREATE ROLE app_owner LOGIN PASSWORD 'o''w;n\"er'",
                "CREATE ROLE \"odd \"\"role\" NOLOGIN",
                "COMMENT ON ROLE app_owner IS 'first line\n\\second; line'",
                "GRANT \"odd \"\"role\" TO app_owner",
                "CREATE DATABASE app OWNER app_owner",
                "COMMENT ON DATABASE app IS 'the application''s'",
                "ALTER DATABASE app SET search_path TO public, \"odd, schema\"",
                "ALTER DATABASE app SET work_mem TO '5MB'",
                "ALTER ROLE app_owner IN DATABASE app SET statement_timeout TO '1h'",
                "REVOKE CONNECT ON DATABASE app FROM PUBLIC",
                "GRANT CONNECT ON DATABASE app TO \"odd \"\"role\"",
                "CREATE DATABASE empty");
        origin.createDatabase(ODD);
        origin.execute(
                "app",
                "CREATE TABLE items (id bigserial PRIMARY KEY, name text, price numeric(12,2), at timestamptz, f float8,"
                        + " raw bytea, tags text[], doc jsonb, span interval, cash money, constraint_free xml)",
                "INSERT INTO items (name, price, at, f, raw, tags, doc, span, cash, constraint_free)"
                        + " SELECT 'name ' || i, i / 7.0, '2024-01-15 14:30:00+02'::timestamptz + i * interval '1 hour',"
                        + " i / 3.0, decode(md5(i::text), 'hex'), ARRAY['a', NULL, i::text],"
                        + " jsonb_build_object('i', i), i * interval '1 day 1 second', i, '<a/>'"
                        + " FROM generate_series(1, 2000) i",
                "ALTER TABLE items OWNER TO app_owner",
                "CREATE TABLE big (body text)",
                "INSERT INTO big SELECT repeat('0123456789', 2000000)",
                "CREATE TABLE nothing ()",
                "INSERT INTO nothing DEFAULT VALUES",
                "CREATE TABLE parent (a int, b text)",
                "CREATE TABLE child (c int) INHERITS (parent)",
                "INSERT INTO child VALUES (1, 'x', 2), (1, 'x', 2)",
                "CREATE TABLE parts (k int, v text) PARTITION BY RANGE (k)",
                "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (100)",
                "CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM (100) TO (200)",
                "INSERT INTO parts SELECT i, i::text FROM generate_series(0, 199) i",
                "CREATE SCHEMA \"odd, schema\"",
                "CREATE TABLE \"odd, schema\".\"t.\"\"?{fn}\" (\"c\"\"?ol\" text, \"select\" int)",
                "INSERT INTO \"odd, schema\".\"t.\"\"?{fn}\" VALUES ('é漢', 1), (NULL, NULL)",
                "CREATE VIEW visible AS SELECT name FROM items",
                "CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM items",
                "SELECT lo_from_bytea(0, '\\x0102'::bytea)");
        origin.execute(ODD, "CREATE TABLE t AS SELECT i FROM generate_series(1, 10) i");
    }

    @AfterAll
    static void stop() {
        origin.close();
        target.close();
    }

    /// Databases and roles a test left in the target would disturb the next.
    @AfterEach
    void empty_the_target() throws SQLException {
        for (String database : databases(target)) {
            if (!database.equals("postgres")) {
                target.execute("postgres", "DROP DATABASE " + SqlText.identifier(database) + " WITH (FORCE)");
            }
        }
        target.execute("postgres", "DROP ROLE IF EXISTS app_owner, \"odd \"\"role\"");
    }

    private static PostgresSettings settings(EmbeddedPostgres server) {
        return PostgresSettings.ofUrl("main", server.url(""), Optional.of(server.password()));
    }

    private static PostgresSource source(FactsLevel level) {
        return new PostgresSource(settings(origin).withLevel(level));
    }

    private static PostgresSource only(String database) {
        return new PostgresSource(settings(origin).withDatabases(List.of(database), List.of()));
    }

    private static RestoreRequest toTarget(boolean replace, Map<String, String> options) {
        String url = target.url("")
                .replace("postgres@", "postgres:" + target.password().reveal() + "@");
        return new RestoreRequest(url, replace, options);
    }

    private static Facts restore(PostgresSource source, CapturedStreams captured, RestoreRequest request) {
        return source.restore(captured, source.plan(captured, request), SourceListener.SILENT);
    }

    private static List<String> databases(EmbeddedPostgres server) throws SQLException {
        try (var connection = server.connect("postgres")) {
            return SqlRows.texts(connection, "SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1");
        }
    }

    private static String ask(EmbeddedPostgres server, String database, String sql) throws SQLException {
        try (var connection = server.connect(database)) {
            return SqlRows.text(connection, sql);
        }
    }

    private static List<ProcessHandle> dumps() {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> child.info().command().orElse("").contains("pg_dump"))
                .toList();
    }

    @Nested
    class ACapture {
        @Test
        void holds_a_catalog_the_globals_and_one_dump_per_database() {
            CapturedStreams captured = CapturedStreams.of(source(FactsLevel.COUNTS));
            assertThat(captured.paths())
                    .containsExactly(
                            "a%2Fb%20%22c%27%20%3D%25.d.dump",
                            "app.dump", "databases.json", "empty.dump", "globals.sql", "postgres.dump");
            assertThat(captured.text("globals.sql")).contains("CREATE ROLE app_owner", "SCRAM-SHA-256");
            assertThat(captured.bytes("app.dump")).startsWith("PGDMP".getBytes(StandardCharsets.US_ASCII));
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
                    .hasMessageContaining("app.dump")
                    .hasMessageContaining("contents of table \"big\" failed");
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

    @Nested
    class ARestore {
        @Test
        void brings_back_rows_names_owners_grants_and_settings() throws SQLException {
            PostgresSource source = source(FactsLevel.DIGESTS);
            CapturedStreams captured = CapturedStreams.of(source);
            Facts restored = restore(source, captured, toTarget(false, Map.of("only", "app,empty," + ODD)));
            var expectedCounts = new TreeMap<>(captured.facts().counts());
            var expectedDigests = new TreeMap<>(captured.facts().digests());
            expectedCounts.keySet().removeIf(key -> key.startsWith("postgres."));
            expectedDigests.keySet().removeIf(key -> key.startsWith("postgres."));
            assertThat(restored.counts()).isEqualTo(expectedCounts);
            assertThat(restored.digests()).isEqualTo(expectedDigests);
            assertThat(databases(target)).containsExactly(ODD, "app", "empty", "postgres");

            String database = " FROM pg_database WHERE datname = 'app'";
            assertThat(ask(target, "app", "SELECT pg_get_userbyid(datdba)" + database))
                    .isEqualTo("app_owner");
            assertThat(ask(target, "app", "SELECT shobj_description(oid, 'pg_database')" + database))
                    .isEqualTo("the application's");
            for (String sql : List.of(
                    "SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM pg_database, unnest(datacl) a"
                            + " WHERE datname = 'app'",
                    "SELECT string_agg(setconfig::text, ';' ORDER BY setrole) FROM pg_db_role_setting s"
                            + " JOIN pg_database d ON d.oid = s.setdatabase WHERE datname = 'app'",
                    "SELECT shobj_description(oid, 'pg_authid') FROM pg_authid WHERE rolname = 'app_owner'",
                    "SELECT rolpassword FROM pg_authid WHERE rolname = 'app_owner'",
                    "SHOW search_path",
                    "SELECT tableowner FROM pg_tables WHERE tablename = 'items'")) {
                assertThat(ask(target, "app", sql)).as(sql).isEqualTo(ask(origin, "app", sql));
            }
        }

        @Test
        void of_a_restored_server_captured_again_has_the_same_facts() {
            PostgresSource source = source(FactsLevel.DIGESTS);
            CapturedStreams captured = CapturedStreams.of(source);
            restore(source, captured, toTarget(false, Map.of("only", "app")));
            var again = new PostgresSource(
                    settings(target).withLevel(FactsLevel.DIGESTS).withDatabases(List.of("app"), List.of()));
            Facts facts = CapturedStreams.of(again).facts();
            assertThat(facts.digests()).isNotEmpty();
            assertThat(captured.facts().digests()).containsAllEntriesOf(facts.digests());
            assertThat(captured.facts().counts()).containsAllEntriesOf(facts.counts());
        }

        @Test
        void leaves_the_password_of_the_connected_role_and_existing_roles_alone() throws SQLException {
            target.execute("postgres", "CREATE ROLE app_owner NOLOGIN");
            PostgresSource source = only("empty");
            restore(source, CapturedStreams.of(source), toTarget(false, Map.of()));
            assertThat(ask(target, "postgres", "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app_owner'"))
                    .isEqualTo("f");
            assertThat(ask(target, "postgres", "SELECT 1")).isEqualTo("1");
        }

        @Test
        void gives_a_database_another_name() throws SQLException {
            PostgresSource source = only(ODD);
            CapturedStreams captured = CapturedStreams.of(source);
            Facts facts =
                    restore(source, captured, toTarget(false, Map.of("database", ODD + ":other", "globals", "no")));
            assertThat(databases(target)).containsExactly("other", "postgres");
            assertThat(facts.counts()).isEqualTo(captured.facts().counts());
        }

        @Test
        void needs_no_roles_when_owners_are_not_wanted() throws SQLException {
            PostgresSource source = only("app");
            CapturedStreams captured = CapturedStreams.of(source);
            restore(source, captured, toTarget(false, Map.of("globals", "no", "owners", "no")));
            assertThat(ask(target, "app", "SELECT tableowner FROM pg_tables WHERE tablename = 'items'"))
                    .isEqualTo("postgres");
        }

        @Test
        void works_from_the_dumps_alone() throws SQLException {
            PostgresSource source = only(ODD);
            CapturedStreams captured =
                    CapturedStreams.of(source).with("databases.json", null).with("globals.sql", null);
            restore(source, captured.withFacts(Facts.NONE), toTarget(false, Map.of()));
            assertThat(ask(target, ODD, "SELECT count(*) FROM t")).isEqualTo("10");
        }
    }

    @Nested
    class ATargetWithData {
        private PostgresSource source = only("app");
        private CapturedStreams captured = new CapturedStreams();

        @org.junit.jupiter.api.BeforeEach
        void occupy() throws SQLException {
            source = only(ODD);
            captured = CapturedStreams.of(source);
            target.createDatabase(ODD);
            target.execute(ODD, "CREATE TABLE precious AS SELECT 42 AS x");
        }

        private void assertUntouched() throws SQLException {
            assertThat(databases(target)).containsExactly(ODD, "postgres");
            assertThat(ask(target, ODD, "SELECT x FROM precious")).isEqualTo("42");
        }

        @Test
        void is_refused() throws SQLException {
            SourceException failure =
                    catchThrowableOfType(SourceException.class, () -> source.plan(captured, toTarget(false, Map.of())));
            assertThat(failure.exitStatus()).isEqualTo(ExitStatus.TARGET_REFUSED);
            assertThat(failure.hint()).contains("database=");
            assertUntouched();
        }

        @Test
        void is_replaced_when_allowed_also_under_an_open_session() throws SQLException {
            try (var session = target.connect(ODD)) {
                RestorePlan plan = source.plan(captured, toTarget(true, Map.of()));
                assertThat(plan.destructive()).isTrue();
                assertThat(plan.steps()).anyMatch(step -> step.contains("end the sessions"));
                assertThat(plan.target() + plan.steps())
                        .doesNotContain(target.password().reveal());
                source.restore(captured, plan, SourceListener.SILENT);
                assertThatThrownBy(() -> SqlRows.execute(session, "SELECT 1")).isInstanceOf(SQLException.class);
            }
            assertThat(databases(target)).containsExactly(ODD, "postgres");
            assertThat(ask(target, ODD, "SELECT count(*) FROM t")).isEqualTo("10");
        }

        @Test
        void survives_a_dump_that_is_cut_off() throws SQLException {
            String path = PlainNames.dumpFile(ODD);
            CapturedStreams cut = captured.truncated(path, captured.bytes(path).length - 30);
            assertThatThrownBy(() -> restore(source, cut, toTarget(true, Map.of())))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("pg_restore");
            assertUntouched();
        }

        @Test
        void survives_a_stream_that_fails_half_way() throws SQLException {
            RestorePlan plan = source.plan(captured, toTarget(true, Map.of()));
            var failing = new FailingStreams(captured);
            assertThatThrownBy(() -> source.restore(failing, plan, SourceListener.SILENT))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("blob is damaged");
            assertUntouched();
        }

        @Test
        void survives_rows_that_are_not_those_recorded() throws SQLException {
            var counts = new TreeMap<>(captured.facts().counts());
            counts.put(PlainNames.factKey(ODD, "public", "t"), 11L);
            Facts facts = captured.facts();
            var wrong = new Facts(facts.consistentAt(), facts.versions(), facts.positions(), counts, facts.digests());
            SourceException failure = catchThrowableOfType(
                    SourceException.class, () -> restore(source, captured.withFacts(wrong), toTarget(true, Map.of())));
            assertThat(failure.exitStatus()).isEqualTo(ExitStatus.DIFFERS);
            assertThat(failure).hasMessageContaining("recorded 11, found 10");
            assertUntouched();
        }
    }

    private record FailingStreams(CapturedStreams inner) implements dev.reprise.sources.StreamSource.StoredStreams {
        @Override
        public List<String> paths() {
            return inner.paths();
        }

        @Override
        public long size(String path) {
            return inner.size(path);
        }

        @Override
        public Facts facts() {
            return inner.facts();
        }

        @Override
        public InputStream open(String path) {
            InputStream whole = inner.open(path);
            return !path.endsWith(".dump")
                    ? whole
                    : new java.io.FilterInputStream(whole) {
                        private int left = 500;

                        @Override
                        public int read(byte[] into, int offset, int length) throws IOException {
                            if (left <= 0) {
                                throw new IOException("blob is damaged");
                            }
                            int count = super.read(into, offset, Math.min(length, left));
                            left -= count;
                            return count;
                        }
                    };
        }
    }

    @Nested
    class ProgramsThatDoNotFit {
        @Test
        void an_older_pg_dump_is_refused_with_both_versions() throws IOException {
            fake("pg_dump", "14.9");
            fake("pg_dumpall", "14.9");
            var source = new PostgresSource(settings(origin).withTools(folder));
            SourceException failure = catchThrowableOfType(SourceException.class, source::probe);
            assertThat(failure.exitStatus()).isEqualTo(ExitStatus.MISSING_PROGRAM);
            assertThat(failure).hasMessageContaining("needs pg_dump 15").hasMessageContaining("14.9");
            assertThat(failure.hint()).contains("postgresql-client-15");
        }

        @Test
        void no_pg_dump_at_all_is_refused() {
            var source = new PostgresSource(settings(origin).withTools(folder));
            assertThatThrownBy(source::probe).hasMessageContaining("none was found");
        }

        @Test
        void a_newer_server_is_refused() {
            Path jar = Path.of("target/postgres/postgres-newer.jar");
            try (var newer =
                    EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch().with(PostgresPrograms.ofJar(jar)))) {
                Path tools = Path.of("/usr/lib/postgresql/15/bin");
                SourceException failure = catchThrowableOfType(
                        SourceException.class,
                        () -> CapturedStreams.of(
                                new PostgresSource(settings(newer).withTools(tools))));
                assertThat(failure.exitStatus()).isEqualTo(ExitStatus.MISSING_PROGRAM);
                assertThat(failure).hasMessageContaining("version 17");
            }
        }

        @Test
        void a_dump_newer_than_pg_restore_is_refused_before_anything_changes() throws Exception {
            fake("pg_restore", "15.9");
            PostgresSource source = only("empty");
            CapturedStreams captured = CapturedStreams.of(source);
            byte[] newer = captured.bytes("empty.dump").clone();
            newer[6] = 16;
            var planning = new PostgresSource(settings(origin).withTools(folder));
            SourceException failure = catchThrowableOfType(
                    SourceException.class,
                    () -> planning.plan(captured.with("empty.dump", newer), toTarget(false, Map.of())));
            assertThat(failure.exitStatus()).isEqualTo(ExitStatus.MISSING_PROGRAM);
            assertThat(failure).hasMessageContaining("archive version 1.16").hasMessageContaining("pg_restore 17");
            assertThat(databases(target)).containsExactly("postgres");
        }

        @Test
        void a_file_that_is_no_dump_is_refused() {
            PostgresSource source = only("empty");
            CapturedStreams captured =
                    CapturedStreams.of(source).with("empty.dump", "SELECT 1;".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> source.plan(captured, toTarget(false, Map.of())))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining("no custom-format dump");
        }

        private void fake(String name, String version) throws IOException {
            Path file = folder.resolve(name);
            Files.writeString(file, "#!/bin/sh\necho '" + name + " (PostgreSQL) " + version + "'\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Nested
    class ARequest {
        @Test
        void with_an_unknown_option_or_database_is_refused() {
            PostgresSource source = only("empty");
            CapturedStreams captured = CapturedStreams.of(source);
            for (Map<String, String> options : List.of(
                    Map.of("databse", "a:b"),
                    Map.of("only", "no_such"),
                    Map.of("database", "empty"),
                    Map.of("globals", "maybe"))) {
                SourceException failure = catchThrowableOfType(
                        SourceException.class, () -> source.plan(captured, toTarget(false, options)));
                assertThat(failure.exitStatus()).as(options.toString()).isEqualTo(ExitStatus.BAD_CONFIGURATION);
            }
        }

        @Test
        void takes_the_password_from_a_file() throws Exception {
            Path file = Files.writeString(
                    folder.resolve("password"), target.password().reveal() + "\n");
            PostgresSource source = only("empty");
            CapturedStreams captured = CapturedStreams.of(source);
            var request = new RestoreRequest(target.url(""), false, Map.of("password-file", file.toString()));
            restore(source, captured, request);
            assertThat(databases(target)).containsExactly("empty", "postgres");
        }

        @Test
        void of_another_source_is_a_bug() {
            PostgresSource source = only("empty");
            CapturedStreams captured = CapturedStreams.of(source);
            RestorePlan plan = source.plan(captured, toTarget(false, Map.of()));
            assertThatThrownBy(() -> only("empty").restore(captured, plan, SourceListener.SILENT))
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
