package dev.reprise.sources.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.ExitStatus;
import dev.reprise.embedded.EmbeddedPostgres;
import dev.reprise.embedded.PostgresPrograms;
import dev.reprise.sources.CapturedStreams;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.RestorePlan;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceException;
import dev.reprise.sources.SourceListener;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresRestoreTest extends PostgresFixture {
    @TempDir
    Path folder = Path.of("");

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
        void of_some_databases_expects_the_facts_of_these_only() {
            PostgresSource source = source(FactsLevel.DIGESTS);
            CapturedStreams captured = CapturedStreams.of(source);
            RestorePlan plan = source.plan(captured, toTarget(false, Map.of("only", ODD, "database", ODD + ":other")));
            Facts expected = source.expected(captured, plan);
            assertThat(expected.counts())
                    .containsOnlyKeys(
                            "a%2Fb%20%22c%27%20%3D%25%2Ed.(large objects)", "a%2Fb%20%22c%27%20%3D%25%2Ed.public.t");
            assertThat(expected.positions())
                    .containsOnlyKeys("a%2Fb%20%22c%27%20%3D%25%2Ed.bytes", "a%2Fb%20%22c%27%20%3D%25%2Ed.lsn", "lsn");
            Facts restored = source.restore(captured, plan, SourceListener.SILENT);
            assertThat(restored.counts()).isEqualTo(expected.counts());
            assertThat(restored.digests()).isEqualTo(expected.digests());

            RestorePlan all = source.plan(captured, toTarget(false, Map.of("database", "app:x,empty:y," + ODD + ":z")));
            assertThat(source.expected(captured, all).counts())
                    .isEqualTo(captured.facts().counts());
        }

        @Test
        void makes_a_template_a_template_also_in_place_of_another() throws SQLException {
            origin.execute("postgres", "CREATE DATABASE mould IS_TEMPLATE true");
            try {
                PostgresSource source = only("mould");
                CapturedStreams captured = CapturedStreams.of(source);
                for (boolean replace : new boolean[] {false, true}) {
                    restore(source, captured, toTarget(replace, Map.of()));
                    assertThat(ask(
                                    target,
                                    "mould",
                                    "SELECT string_agg(datname, ' ' ORDER BY datname)"
                                            + " FROM pg_database WHERE datistemplate"))
                            .isEqualTo("mould template0 template1");
                }
                assertThat(databases(target)).containsExactly("mould", "postgres");
            } finally {
                try (var connection = origin.connect("postgres")) {
                    DatabaseSwap.drop(connection, "mould", true);
                }
            }
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
        void is_replaced_while_clients_connect_again_and_again() throws Exception {
            var stop = new AtomicBoolean();
            var connected = new CountDownLatch(1);
            Thread client = Thread.ofVirtual().start(() -> {
                while (!stop.get()) {
                    try (var session = target.connect(ODD)) {
                        connected.countDown();
                        SqlRows.execute(session, "SELECT pg_sleep(60)");
                    } catch (SQLException e) {
                        // Ended by the restore, or between the two databases.
                    }
                }
            });
            connected.await();
            try {
                restore(source, captured, toTarget(true, Map.of()));
                assertThat(ask(target, ODD, "SELECT count(*) FROM t")).isEqualTo("10");
            } finally {
                stop.set(true);
                target.execute(
                        "postgres",
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                                + " WHERE query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()");
                client.join();
            }
        }

        @Test
        void that_cannot_be_dropped_afterwards_is_named_and_the_restore_is_done() throws SQLException {
            target.execute(ODD, "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)");
            var warnings = new ArrayList<String>();
            Facts facts = source.restore(captured, source.plan(captured, toTarget(true, Map.of())), event -> {
                if (event instanceof SourceListener.SourceEvent.Warning warning) {
                    warnings.add(warning.fact());
                }
            });
            assertThat(facts.counts()).isEqualTo(captured.facts().counts());
            String old = databases(target).getLast();
            try {
                assertThat(old).startsWith("reprise_old_");
                assertThat(warnings).hasSize(1);
                assertThat(warnings.getFirst()).contains("DROP DATABASE \"" + old + "\"", "subscription");
                assertThat(ask(target, old, "SELECT x FROM precious")).isEqualTo("42");
                assertThat(ask(target, ODD, "SELECT count(*) FROM t")).isEqualTo("10");
            } finally {
                target.execute(old, "ALTER SUBSCRIPTION s SET (slot_name = NONE)", "DROP SUBSCRIPTION s");
            }
        }

        @Test
        void is_not_replaced_when_a_later_database_cannot_be_restored() throws SQLException {
            CapturedStreams two = CapturedStreams.of(twoDatabases());
            CapturedStreams cut = two.truncated("empty.dump", two.bytes("empty.dump").length - 30);
            SourceException failure =
                    catchThrowableOfType(SourceException.class, () -> restore(source, cut, toTarget(true, Map.of())));
            assertThat(failure.hint()).contains("no database was replaced");
            assertUntouched();
        }

        @Test
        void is_not_replaced_when_another_cannot_be_put_in_place_and_stays_open() throws SQLException {
            CapturedStreams two = CapturedStreams.of(twoDatabases());
            RestorePlan plan = source.plan(two, toTarget(true, Map.of()));
            SourceException failure = catchThrowableOfType(
                    SourceException.class,
                    () -> source.restore(two, plan, event -> {
                        if (event instanceof SourceListener.SourceEvent.Step step
                                && step.what().contains("in place")) {
                            occupyTheName("empty");
                        }
                    }));
            assertThat(failure).hasMessageContaining("\"empty\" already exists");
            assertThat(failure.hint()).contains("no database was replaced");
            target.execute("postgres", "DROP DATABASE empty");
            assertUntouched();
        }

        private PostgresSource twoDatabases() {
            return new PostgresSource(settings(origin).withDatabases(List.of(ODD, "empty"), List.of()));
        }

        private void occupyTheName(String name) {
            try {
                target.createDatabase(name);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        @Test
        void keeps_its_roles_until_every_database_is_in_place() throws SQLException {
            String login = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app_owner'";
            target.execute("postgres", "CREATE ROLE app_owner NOLOGIN PASSWORD 'other'");
            RestorePlan plan = source.plan(captured, toTarget(true, Map.of("database", ODD + ":beside")));
            assertThat(plan.destructive()).isTrue();
            assertThat(plan.steps().getLast())
                    .contains("roles that exist", "passwords")
                    .endsWith(": app_owner");
            assertThat(source.plan(captured, toTarget(true, Map.of("database", ODD + ":beside", "globals", "no")))
                            .destructive())
                    .isFalse();

            String path = PlainNames.dumpFile(ODD);
            CapturedStreams cut = captured.truncated(path, captured.bytes(path).length - 30);
            assertThatThrownBy(() -> source.restore(cut, plan, SourceListener.SILENT))
                    .isInstanceOf(SourceException.class);
            assertThat(ask(target, "postgres", login)).isEqualTo("f");

            source.restore(captured, plan, SourceListener.SILENT);
            assertThat(ask(target, "postgres", login)).isEqualTo("t");
            String password = "SELECT rolpassword FROM pg_authid WHERE rolname = 'app_owner'";
            assertThat(ask(target, "postgres", password)).isEqualTo(ask(origin, "postgres", password));
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
}
