package dev.reprise.compat.wrappers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.reprise.compat.CheapRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs made for restic go through their whole cycle on Reprise. Only what they initialise has a costly key: each
/// command is a process of its own that derives it.
class RealWrappersTest {
    private static final String PASSWORD = "secret of a wrapper";

    @TempDir
    private Path home;

    private Path programs;
    private Path path;

    private record Result(int status, String out) {}

    @BeforeEach
    void install() throws Exception {
        Path root = Path.of(System.getProperty("reprise.root", ".")).toAbsolutePath();
        Result fetched = run(Map.of(), root.resolve("scripts/fetch-wrappers").toString(), root + "/.peers");
        assumeThat(fetched.status()).as(fetched.out()).isZero();
        programs = root.resolve(".peers/wrappers/bin");
        path = Files.createDirectory(home.resolve("path"));
        RepriseProgram.install(path);
        Files.createDirectories(home.resolve("files/sub"));
        Files.writeString(home.resolve("files/a"), "content of a");
        Files.writeString(home.resolve("files/sub/b"), "content of b");
        Files.writeString(home.resolve("files/c.tmp"), "left out");
        CheapRepository.create(home.resolve("repository"), PASSWORD);
    }

    private Result run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("RESTIC_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out);
    }

    private Map<String, String> onPath(String variable, Path value) {
        return Map.of("PATH", path + ":/usr/bin:/bin", "HOME", home.toString(), variable, value.toString());
    }

    @Test
    void crestic_initialises_saves_lists_forgets_prunes_checks_and_restores() throws Exception {
        Path config = Files.writeString(home.resolve("crestic.cfg"), """
                [home.environ]
                RESTIC_REPOSITORY: %1$s/repository
                RESTIC_PASSWORD: %2$s

                [new.environ]
                RESTIC_REPOSITORY: %1$s/new
                RESTIC_PASSWORD: %2$s

                [home.backup]
                _arguments: %1$s/files
                exclude: *.tmp
                tag: home

                [home.forget]
                keep-last: 1
                prune:

                [home.restore]
                target: %1$s/restored
                _arguments: latest
                """.formatted(home, PASSWORD));
        String[][] lines = {
            {"new", "init"},
            {"home", "backup"},
            {"home", "backup"},
            {"home", "snapshots"},
            {"home", "forget"},
            {"home", "prune"},
            {"home", "check"},
            {"home", "stats"},
            {"home", "restore"}
        };
        for (String[] line : lines) {
            List<String> command =
                    new ArrayList<>(List.of(programs.resolve("crestic").toString()));
            command.addAll(List.of(line));
            Result result = run(onPath("CRESTIC_CONFIG_FILE", config), command.toArray(String[]::new));
            assertThat(result.status()).as("%s: %s", line[1], result.out()).isZero();
            if (line[1].equals("snapshots")) {
                assertThat(result.out()).contains("home", "2 snapshots");
            }
        }
        assertThat(home.resolve("new/config")).exists();
        Path restored = home.resolve("restored" + home.resolve("files"));
        assertThat(restored.resolve("a")).hasContent("content of a");
        assertThat(restored.resolve("sub/b")).hasContent("content of b");
        assertThat(restored.resolve("c.tmp")).doesNotExist();
    }

    @Test
    void runrestic_initialises_saves_prunes_checks_and_writes_its_metrics() throws Exception {
        Path metrics = home.resolve("metrics.prom");
        runrestic(config("new", metrics), "init");
        Path config = config("repository", metrics);
        runrestic(config, "backup");
        runrestic(config);

        assertThat(home.resolve("new/config")).exists();
        String written = Files.readString(metrics);
        assertThat(written)
                .containsPattern("restic_backup_files_unmodified\\{.*\\} 2")
                .containsPattern("restic_backup_rc\\{.*\\} 0")
                .containsPattern("restic_forget_removed_snapshots\\{.*\\} 1")
                .containsPattern("restic_forget_rc\\{.*\\} 0")
                .containsPattern("restic_prune_remaining_blobs\\{.*\\} [1-9]")
                .containsPattern("restic_check_rc\\{.*\\} 0")
                .containsPattern("restic_stats_total_file_count\\{.*\\} [1-9]");
    }

    private Path config(String repository, Path metrics) throws IOException {
        return Files.writeString(
                home.resolve(repository + ".toml"), """
                name = "test"
                repositories = ["%1$s/%2$s"]

                [environment]
                RESTIC_PASSWORD = "%3$s"

                [backup]
                sources = ["%1$s/files"]
                exclude_patterns = ["*.tmp"]

                [prune]
                keep-last = 1

                [check]
                checks = ["read-data"]

                [metrics.prometheus]
                path = "%4$s"
                """.formatted(home, repository, PASSWORD, metrics));
    }

    private void runrestic(Path config, String... actions) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(programs.resolve("runrestic").toString(), "-c", config.toString()));
        command.addAll(List.of(actions));
        Result result = run(onPath("XDG_CONFIG_HOME", home), command.toArray(String[]::new));
        assertThat(result.status()).as("%s: %s", List.of(actions), result.out()).isZero();
        assertThat(result.out()).doesNotContain("WARNING", "Traceback");
    }
}
