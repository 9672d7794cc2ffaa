package dev.reprise.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigFromEnvironmentTest {
    private final Map<String, String> variables = new HashMap<>(Map.of(
            "DATABASE_URL", "postgres://app:hunter2@db/app",
            "REDIS_URL", "redis://:hunter2@cache",
            "UPLOADS_DIR", "/srv/up \"loads\"",
            "BACKUP_ROOT", "/srv/backup",
            "RESTIC_PASSWORD", "hunter2"));

    private RepriseConfig read() {
        return new ConfigFromEnvironment(variables).read(Path.of("/work"));
    }

    @Test
    void all_four_variables_make_a_whole_configuration() {
        RepriseConfig config = read();
        assertThat(config.job("adhoc").sources()).containsExactly("postgres", "redis", "uploads");
        assertThat(config.source("redis").required()).isFalse();
        assertThat(((SourceSettings.Files) config.source("uploads")).paths()).containsExactly("/srv/up \"loads\"");
        RepositorySettings main = config.repository("main");
        Secrets secrets = new Secrets(variables);
        assertThat(secrets.resolve(main.location(), "x").reveal()).isEqualTo("/srv/backup");
        assertThat(secrets.resolve(main.password(), "x").reveal()).isEqualTo("hunter2");
        assertThat(config.warnings()).isEmpty();
    }

    @Test
    void no_secret_gets_into_the_text() {
        variables.put("BACKUP_ROOT", "rest:https://u:hunter2@host/r");
        assertThat(new ConfigFromEnvironment(variables).text()).doesNotContain("hunter2");
        assertThat(read().repository("main").location()).isEqualTo(new SecretReference.Variable("BACKUP_ROOT"));
    }

    @Test
    void our_own_password_file_goes_before_the_variables_of_restic() {
        variables.put("RESTIC_PASSWORD_FILE", "/run/restic");
        assertThat(read().repository("main").password()).isEqualTo(new SecretReference.File(Path.of("/run/restic")));
        variables.put("RESTIC_PASSWORD_COMMAND", "pass show x");
        assertThat(read().repository("main").password()).isEqualTo(new SecretReference.Command("pass show x"));
        variables.put("REPRISE_PASSWORD_FILE", "pw");
        assertThat(read().repository("main").password()).isEqualTo(new SecretReference.File(Path.of("/work/pw")));
    }

    @Test
    void a_repository_alone_is_enough_to_restore() {
        variables.keySet().removeAll(java.util.List.of("DATABASE_URL", "REDIS_URL", "UPLOADS_DIR"));
        assertThat(new ConfigFromEnvironment(variables).isPresent()).isTrue();
        assertThat(read().repositories()).containsOnlyKeys("main");
        assertThat(read().sources()).isEmpty();
        assertThat(read().jobs()).isEmpty();
    }

    @Test
    void what_is_missing_is_named() {
        variables.remove("RESTIC_PASSWORD");
        assertThat(catchThrowableOfType(ConfigException.class, this::read).fact())
                .isEqualTo("no password for the repository: none of REPRISE_PASSWORD_FILE, REPRISE_PASSWORD,"
                        + " RESTIC_PASSWORD_COMMAND, RESTIC_PASSWORD_FILE, RESTIC_PASSWORD is set");
        variables.put("BACKUP_ROOT", "");
        assertThat(catchThrowableOfType(ConfigException.class, this::read).fact())
                .isEqualTo("neither BACKUP_ROOT nor RESTIC_REPOSITORY is set");
        assertThat(new ConfigFromEnvironment(variables).isPresent()).isFalse();
        assertThat(catchThrowableOfType(ConfigException.class, () -> new ConfigFromEnvironment(Map.of()).text())
                        .fact())
                .isEqualTo("none of DATABASE_URL, REDIS_URL, UPLOADS_DIR is set");
    }
}
