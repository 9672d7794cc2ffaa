package dev.reprise.sources.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.embedded.EmbeddedPostgres;
import dev.reprise.embedded.PostgresPrograms;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// On a server of a version that knows more than the one on the class path.
class DatabaseSqlTest {
    private static EmbeddedPostgres server;

    @BeforeAll
    static void start() {
        Path jar = Path.of("target/postgres/postgres-newer.jar");
        server = EmbeddedPostgres.start(EmbeddedPostgres.Options.scratch().with(PostgresPrograms.ofJar(jar)));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static DatabaseEntry entry(String name) throws SQLException {
        try (var connection = server.connect("postgres")) {
            return DatabaseCatalog.read(connection).databases().stream()
                    .filter(entry -> entry.name().equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String locale(String name) throws SQLException {
        return PostgresFixture.ask(
                server,
                "postgres",
                "SELECT concat_ws('|', datlocprovider, datcollate, datctype, datlocale, daticurules)"
                        + " FROM pg_database WHERE datname = '" + name + "'");
    }

    private static String copied(String name) throws SQLException {
        DatabaseEntry read = DatabaseEntry.fromJson(entry(name).toJson());
        server.execute("postgres", new DatabaseSql(read, true, true, role -> true).create(name + "_copy"));
        return locale(name + "_copy");
    }

    @Test
    void a_database_with_icu_rules_is_made_again_with_them() throws SQLException {
        server.execute(
                "postgres",
                "CREATE DATABASE ruled TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'und' ICU_RULES '&V << w'");
        assertThat(copied("ruled")).isEqualTo("i|C.UTF-8|C.UTF-8|und|&V << w");
    }

    @Test
    void a_database_with_a_builtin_locale_is_made_again_with_it() throws SQLException {
        server.execute(
                "postgres",
                "CREATE DATABASE builtin TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'");
        assertThat(copied("builtin")).isEqualTo("b|C.UTF-8|C.UTF-8|C.UTF-8");
    }

    @Test
    void an_entry_of_a_capture_that_knows_no_templates_and_rules_is_read() throws SQLException {
        var json = new HashMap<Object, Object>(entry("postgres").toJson());
        json.remove("template");
        json.remove("icu_rules");
        DatabaseEntry read = DatabaseEntry.fromJson(json);
        assertThat(read.template()).isFalse();
        assertThat(read.icuRules()).isEmpty();
    }
}
