package dev.reprise.sources.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.sources.CapturedStreams;
import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.SourceException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The text is loaded as the guide says, with the real psql into a second server.
class PostgresExportTest extends PostgresFixture {
    private static final String ROLE = "\"it's \"\"WITH\"\" PASSWORD 'x' $role$\"";

    @TempDir
    Path folder = Path.of("");

    @BeforeEach
    void fill() throws SQLException {
        origin.execute(
                "postgres",
                "CREATE ROLE " + ROLE + " LOGIN PASSWORD 'it''s \\ a; \"secret\"' VALID UNTIL '2031-05-01 12:00:00+00'",
                "CREATE ROLE later NOLOGIN VALID UNTIL 'infinity'",
                "COMMENT ON ROLE later IS 'GRANT ALL ON TABLESPACE fast'",
                "GRANT " + ROLE + " TO later WITH ADMIN OPTION",
                "SET allow_in_place_tablespaces = on",
                "CREATE TABLESPACE \"fa st\" OWNER later LOCATION ''",
                "COMMENT ON TABLESPACE \"fa st\" IS 'x'",
                "ALTER TABLESPACE \"fa st\" SET (seq_page_cost = 2)",
                "GRANT CREATE ON TABLESPACE \"fa st\" TO app_owner",
                "CREATE DATABASE spaced OWNER " + ROLE + " TABLESPACE \"fa st\"",
                "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' IS_TEMPLATE true",
                "COMMENT ON DATABASE latin IS 'é漢'",
                "ALTER DATABASE spaced SET default_transaction_read_only TO on",
                "CREATE TABLE mine AS SELECT 1 AS x");
        origin.execute("latin", "CREATE TABLE words AS SELECT 'é'::text AS w");
        origin.execute(
                "spaced",
                "SET default_transaction_read_only TO off",
                "CREATE TABLE plain AS SELECT i FROM generate_series(1, 5) i");
        origin.execute("empty", "CREATE TABLE elsewhere (i int PRIMARY KEY USING INDEX TABLESPACE \"fa st\")");
        target.execute("postgres", "CREATE ROLE app_owner NOLOGIN PASSWORD 'other'");
    }

    @AfterEach
    void remove() throws SQLException {
        origin.execute("empty", "DROP TABLE elsewhere");
        origin.execute("postgres", "DROP TABLE mine");
        target.execute("postgres", "DROP TABLE IF EXISTS mine");
        try (var connection = origin.connect("postgres")) {
            DatabaseSwap.drop(connection, "spaced", true);
            DatabaseSwap.drop(connection, "latin", true);
        }
        origin.execute("postgres", "DROP TABLESPACE \"fa st\"", "DROP ROLE later, " + ROLE);
        empty_the_target();
        target.execute("postgres", "DROP ROLE IF EXISTS later, " + ROLE);
    }

    @Test
    void loads_into_another_server_without_an_error_and_makes_everything_the_same() throws Exception {
        PostgresSource source = source(FactsLevel.DIGESTS);
        CapturedStreams captured = CapturedStreams.of(source);
        assertThat(captured.text("globals.sql")).contains("CREATE TABLESPACE", "VALID UNTIL", "PASSWORD");

        assertThat(load(export(source, captured))).doesNotContain("ERROR");
        takeBackThePassword();

        CapturedStreams again =
                CapturedStreams.of(new PostgresSource(settings(target).withLevel(FactsLevel.DIGESTS)));
        assertThat(again.facts().counts()).isEqualTo(captured.facts().counts());
        assertThat(again.facts().digests()).isEqualTo(captured.facts().digests());
        assertThat(again.text("databases.json"))
                .isEqualTo(captured.text("databases.json").replace("\"fa st\"", "\"pg_default\""));
        String roles = "SELECT string_agg(concat_ws('|', rolname, rolcanlogin, rolpassword, rolvaliduntil,"
                + " shobj_description(oid, 'pg_authid')), E'\\n' ORDER BY rolname) FROM pg_authid"
                + " WHERE rolname <> 'postgres'";
        assertThat(ask(target, "postgres", roles)).isEqualTo(ask(origin, "postgres", roles));
        String members = "SELECT string_agg(concat_ws('|', roleid::regrole, member::regrole, admin_option), E'\\n'"
                + " ORDER BY roleid::regrole::text) FROM pg_auth_members";
        assertThat(ask(target, "postgres", members)).isEqualTo(ask(origin, "postgres", members));
    }

    @Test
    void of_dumps_alone_makes_the_databases_too() throws Exception {
        PostgresSource source = only("app");
        CapturedStreams captured =
                CapturedStreams.of(source).with("databases.json", null).with("globals.sql", null);
        target.execute("postgres", "CREATE ROLE \"odd \"\"role\"");
        assertThat(load(export(source, captured))).doesNotContain("ERROR");
        assertThat(ask(target, "app", "SELECT count(*) FROM items")).isEqualTo("2000");
    }

    @Test
    void of_a_dump_that_is_cut_off_is_refused() {
        PostgresSource source = only("app");
        CapturedStreams captured = CapturedStreams.of(source);
        CapturedStreams cut = captured.truncated("app.dump", captured.bytes("app.dump").length - 30);
        assertThatThrownBy(() -> export(source, cut))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("app.dump could not be turned into SQL");
    }

    private static byte[] export(PostgresSource source, CapturedStreams captured) throws IOException {
        var out = new ByteArrayOutputStream();
        source.exportSql(captured, out);
        return out.toByteArray();
    }

    /// What psql says.
    ///
    /// @throws AssertionError if it does not end well
    private String load(byte[] text) throws IOException, InterruptedException {
        Path script = Files.write(folder.resolve("postgres.sql"), text);
        ClientProgram psql = ClientProgram.all("psql", Optional.empty()).getFirst();
        var builder = new ProcessBuilder(
                List.of(psql.file().toString(), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=" + script));
        builder.environment().putAll(PostgresServer.of(settings(target)).environment("postgres"));
        builder.redirectErrorStream(true);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /// The superuser of the target has the password of the origin's now.
    private static void takeBackThePassword() throws SQLException {
        try (var connection = DriverManager.getConnection(
                target.jdbcUrl("postgres"), "postgres", origin.password().reveal())) {
            SqlRows.execute(
                    connection,
                    "ALTER ROLE postgres PASSWORD '" + target.password().reveal() + "'");
        }
    }
}
