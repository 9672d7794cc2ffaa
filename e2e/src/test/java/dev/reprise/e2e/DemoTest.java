package dev.reprise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The demonstration as a new user starts it, from a path with a space in it.
class DemoTest {
    @TempDir
    private Path home;

    /// Servers of root run as another user, who must be able to enter.
    private Path folder() throws IOException {
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        return Files.createDirectories(home.resolve("a path with spaces"));
    }

    @Test
    void brings_a_real_stack_back_and_measures_it() throws IOException {
        var result = new RepriseProcess(folder()).ok("demo", "--json");

        String report = result.out().lines().reduce((_, last) -> last).orElse("");
        assertThat(report)
                .contains("\"good\":true", "\"left_out\":[]")
                .contains("\"name\":\"postgres\"", "\"name\":\"redis\"", "\"name\":\"uploads\"")
                .doesNotContain("\"rpo_seconds\":0.0,", "\"rto_seconds\":0.0,", "\"compared\":0,");
    }

    @Test
    void leaves_no_process_and_no_folder_after_an_interruption() throws Exception {
        Path log = home.resolve("log");
        Path folder = folder();
        Process demo = new RepriseProcess(folder)
                .with("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=" + quoted(folder))
                .start(log, "demo");
        while (demo.isAlive() && !Files.readString(log).contains("backup 1 of 2")) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        assertThat(demo.descendants()).as(Files.readString(log)).isNotEmpty();
        var servers = demo.descendants().toList();

        demo.destroy();

        assertThat(demo.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(demo.exitValue()).as(Files.readString(log)).isEqualTo(130);
        assertThat(servers).noneMatch(ProcessHandle::isAlive);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.filter(path -> path.getFileName().toString().startsWith("reprise-demo")))
                    .isEmpty();
        }
    }

    private static String quoted(Path path) {
        return "\"" + path + "\"";
    }
}
