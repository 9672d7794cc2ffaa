package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a script sees of flags, refusals and locks, beside stock restic: docs/reference/restic.md. One pair of
/// repositories for all: no test harms them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLineParityTest {
    private static final String PASSWORD = "parity";

    private Path home;

    private Path repository;
    private Path second;
    private StockRestic restic;
    private RepriseRestic reprise;

    @BeforeAll
    void makePlaces(@TempDir Path folder) throws IOException {
        home = folder;
        repository = home.resolve("repository");
        second = home.resolve("second");
        CheapRepository.create(repository, PASSWORD);
        CheapRepository.create(second, PASSWORD);
        Files.writeString(home.resolve("pw"), PASSWORD);
        Files.writeString(home.resolve("data"), "data");
        restic = StockRestic.of("0.19", repository, PASSWORD);
        reprise = RepriseRestic.of(repository, PASSWORD).in(home);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "snapshots -v=2",
                "snapshots --last",
                "check --check-unused",
                "prune --repack-small --dry-run",
                "forget --hostname h --keep-last 1 --dry-run",
                "mount --snapshot-template /x y",
                "init --repo2 x",
                "init --from-repo x",
                "copy --repo2 nowhere --password-file2 pw",
                "copy --repo2 nowhere --repository-file2 x",
                "copy --repo2 nowhere --from-repo x",
                "copy --repo2 second --password-file2 pw --password-command2 x",
                "copy --password-file2 pw",
                "copy",
                "snapshots --unknown",
                "snapshots --unknown=value --json",
                "--unknown snapshots",
                "snapshots -qZ",
                "nonsense",
                "nonsense --json",
                "snapshots --tag",
                "snapshots --tag --repo2",
                "backup --tag=--repo2 --hostname",
                "find --host --hostname name",
                "snapshots -- --repo2"
            })
    void a_flag_has_restics_status_and_remark(String line) {
        String[] words = line.split(" ", -1);
        StockRestic.Result theirs = restic.run(home, words);
        RepriseRestic.Result ours = reprise.run(words);
        assertThat(ours.status()).isEqualTo(theirs.status());
        assertThat(ours.err().lines().filter(said -> said.startsWith("Flag ")))
                .containsExactlyElementsOf(theirs.err()
                        .lines()
                        .filter(said -> said.startsWith("Flag "))
                        .toList());
        if (theirs.status() == 1) {
            assertThat(ours.err()).isEqualTo(theirs.err());
        }
    }

    @Test
    void the_older_flags_copy_to_the_second_repository() {
        restic.ok(home, "backup", "--host", "h", "data");
        RepriseRestic.Result copied = reprise.ok("copy", "--repo2", second.toString(), "--password-file2", "pw");
        assertThat(copied.err()).isEqualTo("Flag --repo2 has been deprecated, use --repo or --from-repo instead\n");
        var there = StockRestic.of("0.19", second, PASSWORD);
        assertThat(there.ok("ls", "latest", "--host", "h").out()).contains("/data\n");
        there.ok("check", "--read-data");
        assertThat(there.ok("list", "locks").out()).isEmpty();
    }

    @Test
    void the_older_variables_do_the_same() {
        restic.ok(home, "backup", "--host", "v", "data");
        reprise.with(Map.of("RESTIC_REPOSITORY2", second.toString(), "RESTIC_PASSWORD2", PASSWORD))
                .ok("copy");
        assertThat(StockRestic.of("0.19", second, PASSWORD).ok("ls", "latest").out())
                .contains("/data\n");
    }

    @Test
    void blanks_around_a_tag_do_not_count() {
        restic.ok(home, "backup", "--tag", "a,b", "data");
        reprise.ok("backup", "--tag", " c , d", "data");
        assertThat(restic.ok("snapshots", "--json", "--tag", "c,d").out()).contains("[\"c\",\"d\"]");
        assertThat(reprise.ok("snapshots", "--json", "--tag", "b, a").out()).contains("[\"a\",\"b\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-r nowhere -p pw --insecure-no-password snapshots",
                "-r repository -p pw --insecure-no-password snapshots",
                "-r nowhere -p pw --password-command x snapshots",
                "-r repository -p pw --password-command x snapshots",
                "-r nowhere -p missing snapshots",
                "-r repository --password-command false snapshots",
                "copy --from-repo nowhere --from-insecure-no-password --from-password-file pw"
            })
    void what_contradicts_itself_ends_with_restics_status_and_first_words(String line) {
        String[] words = line.split(" ", -1);
        StockRestic.Result theirs = restic.run(home, words);
        RepriseRestic.Result ours = reprise.run(words);
        assertThat(ours.status()).as(ours.err()).isEqualTo(theirs.status());
        String words4 = "^(Fatal: (Resolving password failed:|\\S+ \\S+ \\S+ \\S+)).*";
        assertThat(first(ours.err()).replaceAll(words4, "$1"))
                .isEqualTo(first(theirs.err()).replaceAll(words4, "$1"));
    }

    private static String first(String text) {
        return text.lines().findFirst().orElse("");
    }

    @Test
    void hints_name_verbs_of_the_toolbox() {
        assertThat(reprise.run("-r", "nowhere", "snapshots").err())
                .contains("create it with \"restic init\"")
                .doesNotContain("reprise");
        assertThat(reprise.run("key", "remove", "0000").err())
                .contains("run \"restic key list\"")
                .doesNotContain("reprise");
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "repair"})
    void a_group_alone_prints_its_verbs(String group) {
        RepriseRestic.Result ours = reprise.run(group);
        assertThat(ours.status()).isEqualTo(restic.run(group).status()).isZero();
        assertThat(ours.out()).contains("restic " + group + " [command]", "Available Commands:");
    }

    @Test
    void check_goes_on_beside_readers_and_writers_and_not_beside_removal() {
        try (Repository opened = new RepriseRepository(repository, PASSWORD).open()) {
            try (RepositoryLock _ = opened.lock(RepositoryLock.Kind.SHARED, Duration.ZERO)) {
                assertThat(reprise.run("check").status()).isZero();
                assertThat(restic.run("check").status()).isEqualTo(11);
            }
            try (RepositoryLock _ = opened.lock(RepositoryLock.Kind.EXCLUSIVE, Duration.ZERO)) {
                assertThat(reprise.run("check").status()).isEqualTo(11);
                assertThat(restic.run("check").status()).isEqualTo(11);
            }
        }
    }
}
