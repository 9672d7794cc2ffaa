package dev.reprise.sources.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GlobalsScriptTest {
    @Test
    void statements_come_without_comments_meta_commands_and_session_settings() {
        assertThat(GlobalsScript.statements("""
                                --
                                -- PostgreSQL database cluster dump
                                --
                                \\restrict a1B2

                                SET client_encoding = 'UTF8';
                                CREATE ROLE app;
                                ALTER ROLE app WITH NOSUPERUSER PASSWORD 'SCRAM-SHA-256$4096:a=$b:c=';

                                \\unrestrict a1B2
                                """))
                .containsExactly(
                        "CREATE ROLE app", "ALTER ROLE app WITH NOSUPERUSER PASSWORD 'SCRAM-SHA-256$4096:a=$b:c='");
    }

    @Test
    void quotes_hide_semicolons_comments_and_backslashes() {
        assertThat(GlobalsScript.statements("""
                                COMMENT ON ROLE a IS 'it''s; -- here
                                \\not a meta command';
                                CREATE ROLE "odd;""name";
                                COMMENT ON ROLE b IS E'a\\'; b';
                                """))
                .containsExactly(
                        "COMMENT ON ROLE a IS 'it''s; -- here\n\\not a meta command'",
                        "CREATE ROLE \"odd;\"\"name\"",
                        "COMMENT ON ROLE b IS E'a\\'; b'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE ROLE a", "COMMENT ON ROLE a IS 'x;", "CREATE ROLE \"a;"})
    void a_script_that_is_cut_off_is_refused(String script) {
        assertThatThrownBy(() -> GlobalsScript.statements(script)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE ROLE app                        | app",
                "ALTER ROLE \"odd \"\"role\" SET a TO 1 | odd \"role",
                "COMMENT ON ROLE app IS 'x'             | app",
                "GRANT a TO b                           | ''",
            })
    void the_role_of_a_statement(String statement, String role) {
        assertThat(GlobalsScript.role(statement)).isEqualTo(role);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLESPACE fast OWNER a LOCATION '/ssd'",
                "ALTER TABLESPACE fast SET (seq_page_cost=2)",
                "COMMENT ON TABLESPACE fast IS 'x'",
                "GRANT ALL ON TABLESPACE fast TO app",
                "REVOKE ALL ON TABLESPACE fast FROM PUBLIC",
            })
    void statements_about_tablespaces_are_told_apart(String statement) {
        assertThat(GlobalsScript.aboutTablespace(statement)).isTrue();
        assertThat(GlobalsScript.aboutTablespace("COMMENT ON ROLE a IS '" + statement.replace("'", "''") + "'"))
                .isFalse();
    }

    @Test
    void the_tablespace_of_a_statement() {
        assertThat(GlobalsScript.createdTablespace("CREATE TABLESPACE fast OWNER a LOCATION '/ssd'"))
                .isEqualTo("fast");
        assertThat(GlobalsScript.createdTablespace("CREATE ROLE fast")).isEmpty();
    }
}
