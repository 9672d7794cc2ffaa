package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.storage.ObjectType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `copy`, `init --copy-chunker-params`, `migrate` and `recover` beside stock restic.
class CopyVerbTest {
    @TempDir
    private Path home;

    private HistoryFixture source;

    @BeforeEach
    void fill() throws IOException {
        source = HistoryFixture.filled(home);
    }

    private Map<String, String> from(HistoryFixture repository) {
        return Map.of(
                "RESTIC_FROM_REPOSITORY",
                repository.repository.toString(),
                "RESTIC_FROM_PASSWORD",
                HistoryFixture.PASSWORD);
    }

    @ParameterizedTest(name = "format {0} to {1}")
    @CsvSource({"2, 2", "2, 1", "1, 2"})
    void snapshots_are_copied_as_by_restic(int fromVersion, int toVersion) throws IOException {
        HistoryFixture origin = source;
        if (fromVersion == 1) {
            origin = HistoryFixture.create(home.resolve("v1"), 1);
            origin.backup("2024-01-01 10:00:00", "first");
            origin.backup("2024-01-02 10:00:00", "second,kept");
        }
        HistoryFixture ours = HistoryFixture.create(home.resolve("ours"), toVersion);
        HistoryFixture theirs = ours.copy("theirs");

        RepriseRestic.Result told = ours.reprise.with(from(origin)).ok("copy");
        theirs.restic.with(from(origin)).ok("copy");

        assertThat(told.out()).contains(" saved, copied from source snapshot ");
        assertThat(ours.contents()).hasSize(2).isEqualTo(theirs.contents());
        ours.mustBeClean();
        assertThat(ours.restored(ours.snapshots().getLast().id()))
                .isEqualTo(origin.restored(origin.snapshots().getLast().id()));

        // Each sees that the other has copied, also from a copy of the copy, and only what changed is copied again.
        List<Snapshot> once = ours.contents();
        ours.restic.with(from(origin)).ok("copy");
        theirs.reprise.with(from(origin)).ok("copy");
        assertThat(ours.reprise.with(from(origin)).ok("-v", "copy").out()).contains("was already copied to snapshot");
        assertThat(ours.contents()).isEqualTo(once);
        assertThat(theirs.contents()).isEqualTo(once);
    }

    @Test
    void flags_choose_the_source_and_its_snapshots() throws IOException {
        HistoryFixture ours = HistoryFixture.create(home.resolve("ours"), 2);
        Path location = Files.writeString(home.resolve("location"), source.repository + "\n");
        Path password = Files.writeString(home.resolve("password"), HistoryFixture.PASSWORD + "\n");
        ours.reprise.ok(
                "copy",
                "--from-repository-file",
                location.toString(),
                "--from-password-file",
                password.toString(),
                "--tag",
                "kept");
        assertThat(ours.contents()).hasSize(1).allMatch(each -> each.tags().contains("kept"));

        assertThat(ours.reprise.run("copy").err()).contains("Fatal: Please specify a source repository location");
        RepriseRestic.Result both = ours.reprise.run(
                "copy", "--from-repo", "x", "--from-repository-file", "y", "--from-password-command", "echo z");
        assertThat(both.err()).contains("Options --from-repo and --from-repository-file are mutually exclusive");
        assertThat(ours.reprise
                        .with(Map.of("RESTIC_FROM_PASSWORD", "wrong"))
                        .run("copy", "--from-repo", source.repository.toString())
                        .status())
                .isEqualTo(12);
    }

    @Test
    void a_new_repository_cuts_files_as_the_other_one_does() {
        Path fresh = home.resolve("fresh");
        RepriseRestic reprise = RepriseRestic.of(fresh, HistoryFixture.PASSWORD);
        RepriseRestic refused = reprise.with(from(source));
        assertThat(refused.run("init").err())
                .contains("Secondary repository must only be specified when copying the chunker parameters");
        reprise.with(from(source)).ok("init", "--copy-chunker-params");
        try (var ours = HistoryFixture.at(fresh).open();
                var theirs = source.open()) {
            assertThat(ours.config().polynomial()).isEqualTo(theirs.config().polynomial());
            assertThat(ours.config().id()).isNotEqualTo(theirs.config().id());
        }
    }

    @Test
    void a_repository_of_format_1_is_brought_to_format_2() throws IOException {
        HistoryFixture old = HistoryFixture.create(home.resolve("v1"), 1);
        old.backup("2024-01-01 10:00:00", "first");
        assertThat(old.reprise.ok("migrate").out()).contains("upgrade_repo_v2\tupgrade a repository to version 2");

        assertThat(old.reprise.ok("migrate", "upgrade_repo_v2").out()).contains("migration upgrade_repo_v2: success");

        old.mustBeClean();
        old.backup("2024-01-02 10:00:00", "second");
        old.mustBeClean();
        assertThat(old.restic.ok("cat", "config").out()).contains("\"version\": 2");
        assertThat(old.reprise.ok("migrate").out()).contains("no migrations found");
        assertThat(old.reprise.ok("migrate", "upgrade_repo_v2").err()).contains("is already upgraded to version 2");
        assertThat(old.reprise.ok("migrate", "other").err()).contains("unknown migration other");
    }

    @Test
    void a_damaged_repository_is_not_migrated() throws IOException {
        HistoryFixture old = HistoryFixture.create(home.resolve("v1"), 1);
        old.backup("2024-01-01 10:00:00", "first");
        Files.delete(old.file(ObjectType.PACK, old.ids(ObjectType.PACK).getFirst()));
        assertThat(old.reprise.run("migrate", "upgrade_repo_v2").status()).isEqualTo(1);
        try (var repository = old.open()) {
            assertThat(repository.config().version()).isEqualTo(1);
        }
    }

    @Test
    void trees_no_snapshot_names_come_back_in_one_snapshot() throws IOException {
        var before = source.restored(source.snapshots().getLast().id());
        for (var stored : source.snapshots()) {
            Files.delete(source.file(ObjectType.SNAPSHOT, stored.id()));
        }
        RepriseRestic.Result told = source.reprise.ok("recover");
        assertThat(told.out()).contains("found 2 unreferenced roots", "saved new snapshot ");
        Snapshot recovered = source.contents().getFirst();
        assertThat(recovered.tags()).containsExactly("recovered");
        assertThat(recovered.paths()).containsExactly("/recover");
        source.mustBeClean();
        var files = source.restored(source.snapshots().getFirst().id());
        before.forEach((path, line) -> assertThat(files.entrySet())
                .as(path)
                .anyMatch(entry ->
                        entry.getKey().endsWith("/" + path) && entry.getValue().equals(line)));
        assertThat(source.reprise.ok("recover").out()).contains("found 0 unreferenced roots", "no snapshot to write.");
    }
}
