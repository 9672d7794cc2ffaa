package dev.reprise.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// A job that writes to two repositories, one of which is away for a night.
@TestMethodOrder(MethodOrderer.Random.class)
class SeveralRepositoriesTest {
    private static final String PASSWORD = "end to end password";

    @TempDir
    private Path here;

    private RepriseProcess reprise;

    @BeforeEach
    void configure() throws IOException {
        Files.writeString(Files.createDirectory(here.resolve("uploads")).resolve("a"), "first");
        Files.writeString(here.resolve("reprise.yaml"), """
                repositories:
                  near: {location: near, password: {env: REPRISE_TEST_PASSWORD}}
                  far: {location: disk/far, password: {env: REPRISE_TEST_PASSWORD}, compression: max}
                sources:
                  uploads: {kind: files, paths: [uploads]}
                jobs:
                  nightly: {sources: [uploads], repositories: [near, far]}
                """);
        Files.createDirectory(here.resolve("disk"));
        reprise = new RepriseProcess(here);
        reprise.ok("init");
    }

    @Test
    void a_disk_that_was_away_is_told_of_and_caught_up() throws IOException {
        assertThat(reprise.ok("backup").out()).contains("in repository near").contains("in repository far");

        Files.move(here.resolve("disk"), here.resolve("away"));
        Files.writeString(here.resolve("uploads/a"), "second");
        RepriseProcess.Result alone = reprise.run("backup", "--json");
        assertThat(alone.status()).isEqualTo(3);
        assertThat(alone.err()).contains("repository far cannot be opened");
        assertThat(alone.out().lines().filter(line -> line.contains("\"copy\"")))
                .satisfiesExactlyInAnyOrder(
                        near -> assertThat(near).contains("\"repository\":\"near\"", "\"error\":null"),
                        far -> assertThat(far).contains("\"repository\":\"far\"", "\"error\":\""));

        RepriseProcess.Result unreachable = reprise.run("status");
        assertThat(unreachable.status()).isEqualTo(3);
        assertThat(unreachable.err()).contains("repository far cannot be read");

        Files.move(here.resolve("away"), here.resolve("disk"));
        RepriseProcess.Result behind = reprise.run("status");
        assertThat(behind.status()).isEqualTo(3);
        assertThat(behind.out())
                .contains("job nightly in repository far: 1 points")
                .contains("behind by 1 points");

        Files.writeString(here.resolve("uploads/a"), "third");
        RepriseProcess.Result caughtUp = reprise.ok("backup");
        assertThat(caughtUp.out()).contains("in repository far, caught up on 2 points");
        assertThat(reprise.ok("status").out()).contains("job nightly in repository far: 3 points");

        Path target = here.resolve("restored");
        reprise.ok("restore", "uploads", "--repository", "far", "--to", target.toString());
        try (var files = Files.walk(target)) {
            assertThat(files.filter(Files::isRegularFile))
                    .singleElement()
                    .satisfies(file -> assertThat(file).hasContent("third"));
        }
    }

    @Test
    void of_repositories_that_cut_differently_one_may_fail_too() throws IOException {
        Path other = Files.createDirectory(here.resolve("other"));
        Files.createDirectory(other.resolve("disk"));
        Files.copy(here.resolve("reprise.yaml"), other.resolve("reprise.yaml"));
        new RepriseProcess(other).ok("init");
        Files.move(here.resolve("disk"), here.resolve("old"));
        Files.move(other.resolve("disk"), here.resolve("disk"));
        assertThat(reprise.ok("backup").err()).contains("in 2 different ways");

        for (String broken : new String[] {"near", "disk/far"}) {
            Path index = Files.writeString(here.resolve(broken + "/index/" + "ab".repeat(32)), "no index");
            RepriseProcess.Result result = reprise.run("backup");
            assertThat(result.status()).isEqualTo(3);
            assertThat(result.out()).contains("in repository " + (broken.equals("near") ? "far" : "near"));
            assertThat(result.err()).contains("some repositories of job nightly do not have point");
            Files.delete(index);
        }
    }

    @Test
    void stock_restic_finds_both_sound_and_nothing_to_copy() throws IOException {
        reprise.ok("backup");
        StockRestic near = StockRestic.of("0.19", here.resolve("near"), PASSWORD);
        StockRestic far = StockRestic.of("0.19", here.resolve("disk/far"), PASSWORD);
        near.ok("check", "--read-data");
        far.ok("check", "--read-data");
        Path password = Files.writeString(here.resolve("password"), PASSWORD);
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        far.ok("copy", "--from-repo", here.resolve("near").toString(), "--from-password-file", password.toString());
        assertThat(far.ok("snapshots", "--json").out()).containsOnlyOnce("\"short_id\"");
    }
}
