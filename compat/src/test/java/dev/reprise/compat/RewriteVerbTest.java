package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotEdit;
import dev.reprise.repository.snapshot.StoredSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `rewrite` beside stock restic on copies of one repository.
class RewriteVerbTest {
    @TempDir
    private Path home;

    private HistoryFixture ours;

    @BeforeEach
    void fill() throws IOException {
        ours = HistoryFixture.filled(home);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--exclude *.log",
                "--exclude *.log --forget",
                "--exclude /docs --forget --tag first",
                "--exclude /docs/* --exclude !/docs/deep --forget",
                "--iexclude A.TXT --forget",
                "--exclude nothing-is-called-so",
                "--exclude * --forget",
                "--include *.log --forget",
                "--include /docs/deep --forget",
                "--iinclude B.TXT --forget",
                "--include nothing-is-called-so --forget",
                "--new-host other --new-time 2020-02-29@12:13:14 --forget",
                "--new-host other",
                "--snapshot-summary",
            })
    void snapshots_are_rewritten_as_by_restic(String flags) {
        withoutSummaryOfTheFirst();
        HistoryFixture theirs = ours.copy("theirs");
        List<String> line = new ArrayList<>(List.of("rewrite"));
        Arrays.stream(flags.split(" ", -1)).map(word -> word.replace('@', ' ')).forEach(line::add);

        List<StoredSnapshot> before = ours.snapshots();
        List<String> dry = new ArrayList<>(line);
        dry.add("-n");
        String[] dryRun = dry.toArray(String[]::new);
        RepriseRestic.Result told = ours.reprise.ok(dryRun);
        assertThat(ours.snapshots()).isEqualTo(before);
        assertThat(would(told.out())).isEqualTo(would(theirs.restic.ok(dryRun).out()));

        String[] words = line.toArray(String[]::new);
        ours.reprise.ok(words);
        theirs.restic.ok(words);

        assertThat(ours.contents()).isEqualTo(theirs.contents());
        ours.mustBeClean();
        theirs.restic.ok("rewrite", "--exclude", "nothing-is-called-so", "--dry-run");
    }

    /// So that both kinds are there.
    private void withoutSummaryOfTheFirst() {
        StoredSnapshot first = ours.snapshots().getFirst();
        try (var repository = ours.open()) {
            Snapshot plain = new SnapshotEdit(first.snapshot()).summary(null).done();
            repository.save(plain);
        }
        ours.reprise.ok("tag", "--add", "x", first.id().hex());
    }

    private static List<String> would(String out) {
        return out.lines().filter(line -> line.startsWith("would ")).sorted().toList();
    }

    @Test
    void what_rewrite_must_not_be_asked_ends_with_one() {
        assertThat(ours.reprise.run("rewrite").err()).contains("Fatal: Nothing to do: no excludes/includes provided");
        assertThat(ours.reprise.run("rewrite", "-e", "a", "-i", "b").err())
                .contains("Fatal: exclude and include patterns are mutually exclusive");
        assertThat(ours.reprise.run("rewrite", "--new-time", "soon").err()).contains("error in time option");
        assertThat(ours.reprise.run("rewrite", "-e", "[x").status()).isEqualTo(1);
        assertThat(ours.reprise.run("rewrite", "--exclude-file", "missing").status())
                .isEqualTo(1);
    }
}
