package dev.reprise.sources.postgres;

import dev.reprise.embedded.EmbeddedPostgres;
import dev.reprise.sources.CapturedStreams;
import dev.reprise.sources.Facts;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.RestoreRequest;
import dev.reprise.sources.SourceListener;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/// Two real servers: `origin` is captured, `target` restored into.
abstract class PostgresFixture {
    static final String ODD = "a/b \"c' =%.d";
    static EmbeddedPostgres origin;
    static EmbeddedPostgres target;

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
                try (var connection = target.connect("postgres")) {
                    DatabaseSwap.drop(connection, database, true);
                }
            }
        }
        target.execute("postgres", "DROP ROLE IF EXISTS app_owner, \"odd \"\"role\"");
    }

    static PostgresSettings settings(EmbeddedPostgres server) {
        return PostgresSettings.ofUrl("main", server.url(""), Optional.of(server.password()));
    }

    static PostgresSource source(FactsLevel level) {
        return new PostgresSource(settings(origin).withLevel(level));
    }

    static PostgresSource only(String database) {
        return new PostgresSource(settings(origin).withDatabases(List.of(database), List.of()));
    }

    static RestoreRequest toTarget(boolean replace, Map<String, String> options) {
        String url = target.url("")
                .replace("postgres@", "postgres:" + target.password().reveal() + "@");
        return new RestoreRequest(url, replace, options);
    }

    static Facts restore(PostgresSource source, CapturedStreams captured, RestoreRequest request) {
        return source.restore(captured, source.plan(captured, request), SourceListener.SILENT);
    }

    static List<String> databases(EmbeddedPostgres server) throws SQLException {
        try (var connection = server.connect("postgres")) {
            return SqlRows.texts(
                    connection, "SELECT datname FROM pg_database WHERE datname NOT LIKE 'template_' ORDER BY 1");
        }
    }

    static String ask(EmbeddedPostgres server, String database, String sql) throws SQLException {
        try (var connection = server.connect(database)) {
            return SqlRows.text(connection, sql);
        }
    }

    static List<String> warnings(PostgresSource source, CapturedStreams into) {
        var warnings = new ArrayList<String>();
        source.capture(into, event -> {
            if (event instanceof SourceListener.SourceEvent.Warning warning) {
                warnings.add(warning.fact());
            }
        });
        return warnings;
    }

    static List<ProcessHandle> dumps() {
        return ProcessHandle.current()
                .descendants()
                .filter(child -> child.info().command().orElse("").contains("pg_dump"))
                .toList();
    }
}
