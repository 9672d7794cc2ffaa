package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.IndexDocument;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `forget` and `prune` beside stock restic on copies of one repository.
class ForgetAndPruneVerbsTest {
    @TempDir
    private static Path home;

    private static HistoryFixture filled;
    private static int copies;

    private HistoryFixture ours;

    @BeforeAll
    static void fill() throws IOException {
        filled = HistoryFixture.filled(home);
    }

    @BeforeEach
    void copy() {
        ours = filled.copy("ours" + ++copies);
    }

    private HistoryFixture theirs() {
        return ours.copy("theirs" + copies);
    }

    /// In a line `1st` and `2nd` stand for the ids of the snapshots.
    private String[] words(String line) {
        List<StoredSnapshot> snapshots = ours.snapshots();
        return Stream.of(line.split(" ", -1))
                .map(word -> switch (word) {
                    case "1st" -> snapshots.get(0).id().shortHex();
                    case "2nd" -> snapshots.get(1).id().hex();
                    case "''" -> "";
                    default -> word;
                })
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "forget --keep-last 1",
                "forget --keep-last 1 --compact --group-by tags --tag kept",
                "forget --keep-last 1 --verbose --group-by tags,host --tag kept",
                "forget --keep-last 1 --json",
                "forget --keep-daily 1 --dry-run",
                "forget --keep-tag kept --group-by '' --json",
                "forget --keep-last 1 --host nobody",
                "forget --keep-last 1 --host nobody --json",
                "forget 1st",
                "forget 1st --json",
                "forget 2nd 1st --dry-run",
                "forget 0123456789",
                "forget --unsafe-allow-remove-all --tag first",
                "forget --unsafe-allow-remove-all --host h1 --json",
            })
    void the_same_is_forgotten_and_said_as_by_restic(String line) {
        HistoryFixture theirs = theirs();
        String[] words = words(line);

        RepriseRestic.Result said = ours.reprise.run(words);
        StockRestic.Result expected = theirs.restic.run(words);

        assertThat(said.status()).as(said.err()).isEqualTo(expected.status());
        assertThat(stable(said.out())).isEqualTo(stable(expected.out()));
        assertThat(ours.ids(ObjectType.SNAPSHOT)).isEqualTo(theirs.ids(ObjectType.SNAPSHOT));
    }

    /// Without a bar of progress, empty lines, and the order of ids in a Go set.
    private static List<String> stable(String out) {
        return out.lines()
                .filter(line -> !line.isBlank() && !line.startsWith("[0:"))
                .map(line -> line.startsWith("{") && !line.contains("\"")
                        ? new TreeSet<>(List.of(line.replaceAll("[{}]", "").split(" "))).toString()
                        : line.stripTrailing())
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "forget",
                "forget --prune",
                "forget --unsafe-allow-remove-all",
                "forget --keep-last 0",
                "forget --keep-tag nobody-has-it",
                "forget --keep-last -1",
                "forget --keep-last some",
                "forget --keep-within 3",
                "forget --keep-within -3d",
                "forget --keep-last 1 --group-by nonsense",
                "forget --keep-last 1 --no-lock",
                "forget --keep-last 1 --prune --max-unused 100%",
                "prune --max-unused -1%",
                "prune --max-unused some",
                "prune --max-repack-size some",
                "prune --repack-smaller-than 0",
                "prune --repack-smaller-than 1G",
                "prune --repack-uncompressed --compression off",
                "prune --unsafe-recover-no-free-space 0123",
                "prune --no-lock",
            })
    void what_makes_no_sense_is_refused_with_the_same_status_and_nothing_changes(String line) throws IOException {
        Set<Path> before = files();
        StockRestic.Result expected = ours.restic.run(words(line));
        assertThat(files()).isEqualTo(before);

        RepriseRestic.Result said = ours.reprise.run(words(line));

        assertThat(expected.status()).isEqualTo(1);
        assertThat(said.status()).as(said.err()).isEqualTo(1);
        assertThat(said.err()).isNotBlank();
        assertThat(files()).isEqualTo(before);
    }

    private Set<Path> files() throws IOException {
        try (Stream<Path> paths = Files.walk(ours.repository)) {
            return new TreeSet<>(paths.filter(Files::isRegularFile).toList());
        }
    }

    @Test
    void forgetting_and_pruning_at_once_leaves_what_restic_leaves() throws IOException {
        HistoryFixture theirs = theirs();
        Map<String, String> second = ours.restored(ours.snapshots().get(1).id());
        String[] words = {"forget", "--keep-last", "1", "--prune", "--json", "--max-unused", "0"};
        Set<Path> before = files();
        String[] dry = Stream.concat(Stream.of(words), Stream.of("--dry-run")).toArray(String[]::new);
        assertThat(ours.reprise.ok(dry).out()).isEqualTo(document(theirs.restic.ok(dry)));
        assertThat(files()).isEqualTo(before);

        assertThat(ours.reprise.ok(words).out()).isEqualTo(document(theirs.restic.ok(words)));

        assertThat(ours.ids(ObjectType.SNAPSHOT)).isEqualTo(theirs.ids(ObjectType.SNAPSHOT));
        assertThat(ours.ids(ObjectType.PACK)).hasSameSizeAs(theirs.ids(ObjectType.PACK));
        assertThat(ours.restored(ours.snapshots().getFirst().id())).isEqualTo(second);
        ours.mustBeClean();
        StockRestic.of("0.14", ours.repository, HistoryFixture.PASSWORD).ok("check", "--read-data");
    }

    /// Without the warning that restic prints because these tests give it no cache.
    private static String document(StockRestic.Result said) {
        return said.out().replace("warning: running prune without a cache, this may be very slow!\n", "");
    }

    @Test
    void no_policy_prunes_nothing_and_no_snapshot_removed_prunes_nothing() throws IOException {
        ours.reprise.ok(words("forget 1st"));
        Set<Path> before = files();

        assertThat(ours.reprise.ok("forget", "--keep-last", "5", "--prune").out())
                .doesNotContain("running prune");

        assertThat(files()).isEqualTo(before);
        assertThat(ours.reprise.run("forget", "--prune").status()).isEqualTo(1);
        assertThat(files()).isEqualTo(before);
    }

    /// Even root may not delete an immutable file.
    @Test
    void a_snapshot_that_cannot_be_removed_is_3_and_the_others_are_gone() throws Exception {
        HistoryFixture theirs = theirs();
        List<ObjectId> ids = ours.ids(ObjectType.SNAPSHOT);
        Path stuck = ours.file(ObjectType.SNAPSHOT, ids.getFirst());
        Path stuckThere = theirs.file(ObjectType.SNAPSHOT, ids.getFirst());
        assumeTrue(chattr("+i", stuck) && chattr("+i", stuckThere), "files can be made immutable here");
        try {
            String[] words = {"forget", "--host", "h1", "--unsafe-allow-remove-all", "--prune"};
            StockRestic.Result expected = theirs.restic.run(words);
            RepriseRestic.Result said = ours.reprise.run(words);

            assertThat(expected.status()).isEqualTo(3);
            assertThat(said.status()).isEqualTo(3);
            assertThat(said.err())
                    .contains("unable to remove snapshot/" + ids.getFirst().hex())
                    .contains("failed to remove one or more snapshots");
            assertThat(said.out()).doesNotContain("running prune");
            assertThat(ours.ids(ObjectType.SNAPSHOT)).containsExactly(ids.getFirst());
            assertThat(theirs.ids(ObjectType.SNAPSHOT)).containsExactly(ids.getFirst());

            RepriseRestic.Result json =
                    ours.reprise.run("forget", ids.getFirst().hex(), "--json");
            assertThat(json.status()).isEqualTo(3);
            assertThat(json.err()).contains("{\"message_type\":\"exit_error\",\"code\":3,");
        } finally {
            chattr("-i", stuck);
            chattr("-i", stuckThere);
        }
        ours.mustBeClean();
    }

    private static boolean chattr(String change, Path file) throws IOException, InterruptedException {
        try {
            return new ProcessBuilder("chattr", change, file.toString())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notInstalled) {
            return false;
        }
    }

    // Two phases

    private Set<ObjectId> marks() {
        Set<ObjectId> marks = new TreeSet<>();
        try (Repository repository = ours.open()) {
            IndexDocuments documents = repository.indexDocuments();
            for (ObjectId file : documents.files()) {
                IndexDocument document = documents.load(file);
                document.marked().forEach(mark -> marks.add(mark.pack()));
            }
        }
        return marks;
    }

    /// Everything that is forgotten is only marked: every restic reads, checks and restores what is left, and may
    /// delete what is marked.
    @Test
    void marked_packs_disturb_no_restic_and_a_later_prune_deletes_them() throws IOException {
        Map<String, String> second = ours.restored(ours.snapshots().get(1).id());
        List<ObjectId> packs = ours.ids(ObjectType.PACK);

        ours.reprise.ok("forget", "--keep-last", "1", "--prune", "--max-unused", "0", "--keep-delete", "23h");

        Set<ObjectId> marked = marks();
        assertThat(marked).isNotEmpty();
        assertThat(ours.ids(ObjectType.PACK)).containsAll(packs);
        for (String series : StockRestic.SERIES) {
            StockRestic.of(series, ours.repository, HistoryFixture.PASSWORD).ok("check", "--read-data");
        }
        assertThat(ours.restored(ours.snapshots().getFirst().id())).isEqualTo(second);
        HistoryFixture prunedByRestic = theirs();

        ours.reprise.ok("prune");
        assertThat(marks()).isEqualTo(marked);
        ours.reprise.ok("prune", "--keep-delete", "0s");
        assertThat(marks()).isEmpty();
        assertThat(ours.ids(ObjectType.PACK)).doesNotContainAnyElementsOf(marked);
        assertThat(ours.restic.ok("check", "--read-data").out()).doesNotContain("additional files");

        prunedByRestic.restic.ok("prune", "--max-unused", "unlimited");
        assertThat(prunedByRestic.ids(ObjectType.PACK)).doesNotContainAnyElementsOf(marked);
        prunedByRestic.reprise.ok("prune");
        prunedByRestic.mustBeClean();
        assertThat(prunedByRestic.restored(prunedByRestic.snapshots().getFirst().id()))
                .isEqualTo(second);
    }

    /// As a writer without lock leaves it: a snapshot of what has been marked meanwhile.
    @Test
    void what_is_needed_again_is_taken_back_by_our_prune_and_by_restics_repair() throws IOException {
        StoredSnapshot first = ours.snapshots().getFirst();
        Map<String, String> content = ours.restored(first.id());
        byte[] file = Files.readAllBytes(ours.file(ObjectType.SNAPSHOT, first.id()));
        ours.reprise.ok("forget", first.id().hex());
        ours.reprise.ok("prune", "--max-unused", "0", "--keep-delete", "23h");
        Files.write(ours.file(ObjectType.SNAPSHOT, first.id()), file);
        assertThat(ours.restic.run("check").status()).isEqualTo(1);
        HistoryFixture repaired = theirs();

        assertThat(ours.reprise.ok("prune", "--keep-delete", "23h").err())
                .contains("was marked for deletion, but is needed");
        ours.mustBeClean();
        assertThat(ours.restored(first.id())).isEqualTo(content);

        repaired.restic.ok("repair", "index");
        repaired.mustBeClean();
        assertThat(repaired.restored(first.id())).isEqualTo(content);
    }

    @Test
    void the_grace_does_not_go_with_recovering_space() {
        String id;
        try (Repository repository = ours.open()) {
            id = repository.config().id();
        }
        RepriseRestic.Result said =
                ours.reprise.run("prune", "--keep-delete", "1h", "--unsafe-recover-no-free-space", id);
        assertThat(said.status()).isEqualTo(1);
        assertThat(said.err()).contains("mutually exclusive");
        assertThat(ours.reprise.run("prune", "--keep-delete", "soon").status()).isEqualTo(1);
    }

    // Recovery points

    @Test
    void recovery_points_that_lose_a_snapshot_are_named_before() throws IOException {
        var stack = new RepriseRepository(ours.repository, HistoryFixture.PASSWORD);
        Path folder = Files.createDirectory(home.resolve("captured"));
        Files.writeString(folder.resolve("file"), "content");
        ObjectId snapshot =
                Objects.requireNonNull(stack.backup(folder, Compression.AUTO).snapshot());
        String[] words = {"forget", snapshot.hex(), "--json"};
        List<String> dry = new ArrayList<>(List.of(words));
        dry.add("--dry-run");

        for (RepriseRestic.Result said : List.of(ours.reprise.ok(dry.toArray(String[]::new)), ours.reprise.ok(words))) {
            assertThat(said.out()).isEmpty();
            assertThat(said.err())
                    .containsPattern("recovery point [0-9a-f]{8} of job compat loses folder: nothing is left of it");
        }
        assertThat(ours.reprise.ok("forget", "--keep-last", "1").err()).isEmpty();
        assertThat(Files.exists(ours.repository.resolve(
                        ObjectKey.of(ObjectType.SNAPSHOT, snapshot).path())))
                .isFalse();
    }
}
