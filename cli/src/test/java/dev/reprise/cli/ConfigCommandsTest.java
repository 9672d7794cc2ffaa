package dev.reprise.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.cli.CommandLineFixture.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigCommandsTest {
    @TempDir
    private Path directory;

    private CommandLineFixture line;

    @BeforeEach
    void makeLine() {
        line = new CommandLineFixture(directory);
    }

    private void useEnvironment() throws IOException {
        Files.createDirectories(directory.resolve("up"));
        line.environment.put("UPLOADS_DIR", directory.resolve("up").toString());
        line.environment.put("BACKUP_ROOT", "backup");
        line.environment.put("DATABASE_URL", "postgres://app:hunter2@db/app");
        line.environment.put("RESTIC_PASSWORD", "hunter2");
    }

    @Test
    void init_writes_an_example_for_its_owner_only_that_check_accepts() throws IOException {
        Path file = directory.resolve("reprise.yaml");
        Result result = line.run("init");
        assertThat(result)
                .isEqualTo(new Result(
                        0,
                        "wrote " + file + "\n",
                        "edit it, then run \"reprise init\" again to create its repositories\n"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(line.run("config", "check").out()).endsWith("is right: 1 repository, 3 sources, 1 job\n");
    }

    @Test
    void init_from_the_environment_creates_a_repository_and_the_file_works_again() throws IOException {
        useEnvironment();
        Result result = line.run("init", "--from-env");
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .isEqualTo("wrote " + directory.resolve("reprise.yaml") + "\ncreated repository main at local:"
                        + directory.resolve("backup") + "\n");
        assertThat(directory.resolve("backup/config")).exists();
        assertThat(directory.resolve("reprise.yaml")).content().doesNotContain("hunter2");
        assertThat(line.run("init").out())
                .isEqualTo("repository main exists at local:" + directory.resolve("backup") + "\n");
        line.environment.put("RESTIC_PASSWORD", "wrong");
        assertThat(line.run("init").status()).isEqualTo(12);
    }

    @Test
    void a_place_that_is_not_known_is_refused_before_it_is_used() throws IOException {
        Files.writeString(directory.resolve("reprise.yaml"), """
                repositories:
                  main: {location: "s3:bucket/folder", password: {env: PW}}
                """);
        Result result = line.run("config", "check");
        assertThat(result.status()).isEqualTo(20);
        assertThat(result.err()).contains("s3");
    }

    @Test
    void init_never_overwrites_a_configuration() throws IOException {
        useEnvironment();
        Path file = Files.writeString(directory.resolve("reprise.yaml"), "mine");
        Result result = line.run("init", "--from-env");
        assertThat(result.status()).isEqualTo(20);
        assertThat(result.err()).startsWith("error: " + file + " exists and is not overwritten\n");
        assertThat(file).hasContent("mine");
    }

    @Test
    void init_as_a_dry_run_changes_nothing() throws IOException {
        useEnvironment();
        assertThat(line.run("init", "--from-env", "--dry-run", "--json").out())
                .isEqualTo("{\"message_type\":\"config_written\",\"file\":\"" + directory.resolve("reprise.yaml")
                        + "\",\"dry_run\":true}\n"
                        + "{\"message_type\":\"repository\",\"name\":\"main\",\"location\":\"local:"
                        + directory.resolve("backup") + "\",\"state\":\"would_create\"}\n");
        try (var entries = Files.list(directory)) {
            assertThat(entries).containsExactly(directory.resolve("up"));
        }
    }

    @Test
    void show_prints_effective_values_and_no_secret() throws IOException {
        useEnvironment();
        line.environment.put("BACKUP_ROOT", "rest:https://u:hunter2@host/r");
        Files.writeString(directory.resolve("reprise.yaml"), """
                repositories:
                  main: {location: "rest:https://u:hunter2@host/r", password: {value: hunter2}}
                sources:
                  db: {kind: postgres, url: "postgres://app:hunter2@db/app"}
                jobs:
                  j: {sources: [db], repository: main}
                """);
        Result text = line.run("config", "show");
        assertThat(text.status()).isZero();
        assertThat(text.out())
                .contains(
                        "    location: rest:https://u:(secret)@host/r\n", "      value: (secret)\n", "pack-size: 16MiB")
                .doesNotContain("hunter2");
        Result json = line.run("config", "show", "--json");
        assertThat(json.out()).startsWith("{\"message_type\":\"config\",").doesNotContain("hunter2");
        assertThat(text.err() + json.err()).doesNotContain("hunter2");
    }

    @Test
    void without_a_file_the_environment_is_the_configuration() throws IOException {
        useEnvironment();
        assertThat(line.run("config", "check").out())
                .isEqualTo("the environment is right: 1 repository, 2 sources, 1 job\n");
    }

    @Test
    void without_anything_the_way_out_is_named() {
        Result result = line.run("config", "check");
        assertThat(result.status()).isEqualTo(20);
        assertThat(result.err())
                .startsWith("error: there is no configuration: no " + directory.resolve("reprise.yaml"))
                .contains("hint:  run \"reprise init\"");
        assertThat(line.run("config", "check", "-c", "nope.yaml").err())
                .startsWith("error: there is no configuration file " + directory.resolve("nope.yaml") + "\n");
    }

    @Test
    void a_wrong_file_is_told_by_line_and_column_also_as_json() throws IOException {
        Files.writeString(directory.resolve("reprise.yaml"), "host: [a]\n");
        Result text = line.run("config", "check");
        assertThat(text.status()).isEqualTo(20);
        assertThat(text.err()).contains("reprise.yaml:1:7: host: expected text, was a list\n");
        assertThat(line.run("config", "check", "--json").err())
                .startsWith("{\"message_type\":\"exit_error\",\"code\":20,\"message\":\"");
    }

    @Test
    void a_group_without_a_command_says_which_there_are() {
        assertThat(line.run("config").err()).startsWith("error: config needs a command: check, show or schema\n");
        assertThat(line.run("config", "chek").status()).isEqualTo(20);
    }

    @Test
    void schema_is_json() {
        assertThat(line.run("config", "schema").out())
                .startsWith("{\n  \"$schema\"")
                .endsWith("}\n");
    }
}
