package dev.reprise.sources.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientProgramTest {
    @TempDir
    Path folder = Path.of("");

    private Path script(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("pg_dump"), "#!/bin/sh\n" + text + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file;
    }

    @Test
    void a_program_says_its_version() throws IOException {
        Path file = script("echo 'pg_dump (PostgreSQL) 16beta1 (Debian)'; echo warning >&2");
        assertThat(ClientProgram.version(file, Duration.ofSeconds(30))).contains("16beta1");
        assertThat(ClientProgram.all("pg_dump", Optional.of(folder)))
                .containsExactly(new ClientProgram(file, "16beta1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sleep 600", "exec sleep 600", "echo 'pg_dump (PostgreSQL) 15.1'; sleep 600"})
    void one_that_does_not_end_is_given_up_and_killed(String text) throws Exception {
        Path file = script(text);
        assertThat(ClientProgram.version(file, Duration.ofMillis(300))).isEmpty();
        List<ProcessHandle> left = ProcessHandle.current()
                .descendants()
                .filter(child -> child.info().commandLine().orElse("").contains("sleep 600"))
                .toList();
        for (ProcessHandle child : left) {
            child.onExit().get(); // would last ten minutes if it had not been killed
        }
    }

    @Test
    void one_that_writes_without_end_is_not_waited_for() throws IOException {
        assertThat(ClientProgram.version(script("yes"), Duration.ofMinutes(5))).isEmpty();
    }
}
