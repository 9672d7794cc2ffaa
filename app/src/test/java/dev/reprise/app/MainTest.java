package dev.reprise.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The program as a process of its own.
class MainTest {
    @TempDir
    private Path directory;

    private Process start(List<String> javaOptions, String... arguments) throws IOException {
        var command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.reprise.app.Main"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out())
                .redirectError(err())
                .start();
    }

    private File out() {
        return directory.resolve("out").toFile();
    }

    private File err() {
        return directory.resolve("err").toFile();
    }

    private static String text(File file) throws IOException {
        return Files.readString(file.toPath(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"version", "version --json", "--help"})
    void a_short_command_loads_no_heavy_library(String line) throws IOException, InterruptedException {
        Process process = start(List.of("-Xlog:class+load:file=" + directory.resolve("classes")), line.split(" ", -1));
        assertThat(process.waitFor()).isZero();
        String classes = text(directory.resolve("classes").toFile());
        assertThat(classes).contains("dev.reprise.cli.Cli ", "picocli.CommandLine ");
        if (line.startsWith("version")) {
            assertThat(classes.lines().filter(MainTest::isHeavy)).isEmpty();
        }
        assertThat(text(err())).isEmpty();
    }

    private static boolean isHeavy(String loaded) {
        return List.of(
                        " tools.jackson.databind.",
                        " org.snakeyaml.",
                        " org.postgresql.",
                        " redis.clients.",
                        " com.github.luben.",
                        " org.bouncycastle.",
                        " org.apache.commons.",
                        " dev.reprise.config.",
                        " dev.reprise.repository.",
                        " dev.reprise.sources.")
                .stream()
                .anyMatch(loaded::contains);
    }

    @Test
    void the_exit_status_is_that_of_the_command() throws IOException, InterruptedException {
        Process process = start(List.of(), "config", "check");
        assertThat(process.waitFor()).isEqualTo(20);
        assertThat(text(err())).startsWith("error: there is no configuration");
    }

    @Test
    void sigterm_stops_running_work_in_order_with_130() throws IOException, InterruptedException {
        Files.writeString(directory.resolve("reprise.yaml"), """
                repositories:
                  main: {location: repo, password: {command: "touch started; exec sleep 1000"}}
                sources:
                  up: {kind: files, paths: [/srv]}
                jobs:
                  j: {sources: [up], repository: main}
                """);
        Process process = start(List.of(), "init");
        Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> Files.exists(directory.resolve("started")));
        process.destroy();
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(text(err())).isEqualTo("error: interrupted while fetching the password of repository main\n");
        assertThat(directory.resolve("repo")).doesNotExist();
    }
}
