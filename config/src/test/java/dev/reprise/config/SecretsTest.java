package dev.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.base.Secret;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private final Secrets secrets = new Secrets(Map.of("PW", "  from env ", "EMPTY", "", "PATH", "/usr/bin:/bin"));

    @TempDir
    private Path directory;

    private SecretReference file(byte[] content) throws IOException {
        return new SecretReference.File(Files.write(directory.resolve("pw"), content));
    }

    private String resolve(SecretReference reference) {
        return secrets.resolve(reference, "the password").reveal();
    }

    private ConfigException refused(SecretReference reference) {
        return catchThrowableOfType(ConfigException.class, () -> secrets.resolve(reference, "the password"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b\n", "\r\n a b \t\n", "\u00a0a b\u2007\u3000", "\ufeffa b\u0085\n\n"})
    void a_file_loses_white_space_around_its_content(String content) throws IOException {
        assertThat(resolve(file(content.getBytes(StandardCharsets.UTF_8)))).isEqualTo("a b");
    }

    @Test
    void a_file_in_utf_16_is_decoded_by_its_mark() throws IOException {
        assertThat(resolve(file("\ufeffpä\n".getBytes(StandardCharsets.UTF_16LE))))
                .isEqualTo("pä");
        assertThat(resolve(file("\ufeffpä\n".getBytes(StandardCharsets.UTF_16BE))))
                .isEqualTo("pä");
    }

    @Test
    void a_second_line_belongs_to_the_secret() throws IOException {
        assertThat(resolve(file("one\ntwo\n".getBytes(StandardCharsets.UTF_8)))).isEqualTo("one\ntwo");
    }

    @Test
    void a_variable_is_taken_as_it_is() {
        assertThat(resolve(new SecretReference.Variable("PW"))).isEqualTo("  from env ");
    }

    @Test
    void a_command_is_run_by_the_shell_with_our_environment() {
        assertThat(resolve(new SecretReference.Command("printf ' %s\\n' \"$PW\" | tr a-z A-Z")))
                .isEqualTo("FROM ENV");
    }

    @Test
    void a_failing_command_is_named_and_its_output_is_not() {
        ConfigException e = refused(new SecretReference.Command("echo hunter2; echo hunter3 >&2; exit 7"));
        assertThat(e.fact())
                .isEqualTo("the password: the command \"echo hunter2; echo hunter3 >&2; exit 7\" ended with status 7");
        assertThat(refused(new SecretReference.Command("cat /etc/passwd; exit 1"))
                        .toString())
                .doesNotContain("root:");
    }

    @Test
    void what_is_absent_or_empty_is_named() throws IOException {
        assertThat(refused(new SecretReference.Variable("NOPE")).fact())
                .isEqualTo("the password should be in the environment variable NOPE, which is not set");
        assertThat(refused(new SecretReference.Variable("EMPTY")).fact())
                .isEqualTo("the password is empty in the environment variable EMPTY");
        assertThat(refused(new SecretReference.File(Path.of("/nope/pw"))).fact())
                .isEqualTo("the password should be in the file /nope/pw, which does not exist");
        assertThat(refused(file(" \n".getBytes(StandardCharsets.UTF_8))).fact())
                .isEqualTo("the password is empty in the file " + directory.resolve("pw"));
    }

    @Test
    void endless_output_is_cut_off() {
        assertThat(refused(new SecretReference.Command("yes")).fact())
                .isEqualTo("the password from \"yes\" is longer than 65536 bytes");
    }

    @Test
    void references_print_no_secret() {
        assertThat(new SecretReference.Value(Secret.of("hunter2")).toString()).doesNotContain("hunter2");
    }

    @Test
    void urls_are_shown_without_passwords() {
        assertThat(Redaction.url("redis://:p@ss/w@h:1/0")).isEqualTo("redis://:(secret)@h:1/0");
        assertThat(Redaction.url("redis://:p/w@h:1/0")).isEqualTo("redis://:(secret)@h:1/0");
        assertThat(Redaction.url("rest:http://h:8000/a@b")).isEqualTo("rest:http://h:8000/a@b");
        assertThat(Redaction.url("postgres://u:p?a@h/db")).isEqualTo("postgres://u:(secret)@h/db");
        assertThat(Redaction.url("redis://:p@ss@h:1/0")).isEqualTo("redis://:(secret)@h:1/0");
        assertThat(Redaction.url("rest:https://u:p@h/r")).isEqualTo("rest:https://u:(secret)@h/r");
        assertThat(Redaction.url("postgres://u@h/db?password=x&a=b"))
                .isEqualTo("postgres://u@h/db?password=(secret)&a=b");
        assertThat(Redaction.url("/srv/backup@home")).isEqualTo("/srv/backup@home");
    }
}
