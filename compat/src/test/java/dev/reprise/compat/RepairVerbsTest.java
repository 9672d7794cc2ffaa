package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.storage.ObjectType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// `repair` beside stock restic on repositories damaged in the same way.
class RepairVerbsTest {
    @TempDir
    private Path home;

    private HistoryFixture ours;

    @BeforeEach
    void fill() throws IOException {
        ours = HistoryFixture.filled(home);
    }

    private static Set<BlobLocation> indexed(HistoryFixture fixture) {
        Set<BlobLocation> blobs = new HashSet<>();
        try (Repository repository = fixture.open()) {
            BlobIndex index = repository.loadIndex((id, reason) -> {
                throw new AssertionError("index " + id, reason);
            });
            index.forEachPack(content -> blobs.addAll(content.blobs()));
        }
        return blobs;
    }

    /// Packs that hold blobs of a type, in the order of ids.
    private static List<ObjectId> packs(HistoryFixture fixture, BlobType type) {
        Set<ObjectId> packs = new TreeSet<>();
        for (BlobLocation blob : indexed(fixture)) {
            if (blob.handle().type() == type) {
                packs.add(blob.pack());
            }
        }
        return List.copyOf(packs);
    }

    private static void replace(Path file, byte[] bytes) throws IOException {
        Files.delete(file);
        Files.write(file, bytes);
    }

    private static byte[] flipped(Path file, int position) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[Math.floorMod(position, bytes.length)] ^= 4;
        return bytes;
    }

    enum IndexDamage {
        NONE,
        ONE_INDEX_MISSING,
        ALL_INDEXES_MISSING,
        INDEX_CUT_OFF,
        INDEX_FLIPPED,
        PACK_MISSING,
        STRAY_PACK_WITHOUT_HEADER;

        void inflict(HistoryFixture to) throws IOException {
            List<ObjectId> files = to.ids(ObjectType.INDEX);
            Path first = to.file(ObjectType.INDEX, files.getFirst());
            switch (this) {
                case NONE -> {}
                case ONE_INDEX_MISSING -> Files.delete(first);
                case ALL_INDEXES_MISSING -> {
                    for (ObjectId file : files) {
                        Files.delete(to.file(ObjectType.INDEX, file));
                    }
                }
                case INDEX_CUT_OFF -> replace(first, Arrays.copyOf(Files.readAllBytes(first), 40));
                case INDEX_FLIPPED -> replace(first, flipped(first, 50));
                case PACK_MISSING ->
                    Files.delete(
                            to.file(ObjectType.PACK, packs(to, BlobType.DATA).getFirst()));
                case STRAY_PACK_WITHOUT_HEADER -> {
                    byte[] noise = "no pack at all, but a file of its name".getBytes(StandardCharsets.UTF_8);
                    Files.write(to.file(ObjectType.PACK, ObjectId.hash(noise)), noise);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(IndexDamage.class)
    void the_index_is_repaired_to_what_restic_makes_of_it(IndexDamage damage) throws IOException {
        damage.inflict(ours);
        HistoryFixture theirs = ours.copy("theirs");

        ours.reprise.ok("repair", "index");
        theirs.restic.ok("repair", "index");

        assertThat(indexed(ours)).isEqualTo(indexed(theirs));
        int expected = theirs.restic.run("check", "--read-data").status();
        assertThat(ours.restic.run("check", "--read-data").status()).isEqualTo(expected);
        assertThat(expected).isEqualTo(damage == IndexDamage.PACK_MISSING ? 1 : 0);
    }

    @ParameterizedTest
    @EnumSource(IndexDamage.class)
    void reading_all_packs_gives_the_same_index(IndexDamage damage) throws IOException {
        damage.inflict(ours);
        HistoryFixture theirs = ours.copy("theirs");

        ours.reprise.ok("rebuild-index", "--read-all-packs");
        theirs.restic.ok("repair", "index", "--read-all-packs");

        assertThat(indexed(ours)).isEqualTo(indexed(theirs));
    }

    @Test
    void an_index_that_is_right_is_not_touched() {
        List<ObjectId> before = ours.ids(ObjectType.INDEX);
        ours.reprise.ok("repair", "index");
        assertThat(ours.ids(ObjectType.INDEX)).isEqualTo(before);
    }

    @Test
    void a_pack_with_a_damaged_header_keeps_its_index_entries_and_its_blobs_are_saved() throws IOException {
        ObjectId pack = packs(ours, BlobType.DATA).getFirst();
        Path file = ours.file(ObjectType.PACK, pack);
        byte[] bytes = Files.readAllBytes(file);
        replace(file, Arrays.copyOf(bytes, bytes.length - 7));
        Set<ObjectId> before = ids(indexed(ours));

        RepriseRestic.Result told = ours.reprise.ok("repair", "index");
        assertThat(told.err()).contains("run \"restic repair packs " + pack.hex() + "\"");
        assertThat(ids(indexed(ours))).isEqualTo(before);

        ours.reprise.ok("repair", "packs", pack.hex());
        assertThat(ids(indexed(ours))).isEqualTo(before);
        ours.mustBeClean();
    }

    private static Set<ObjectId> ids(Set<BlobLocation> blobs) {
        Set<ObjectId> ids = new HashSet<>();
        blobs.forEach(blob -> ids.add(blob.handle().id()));
        return ids;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 20_000, -3})
    void what_is_good_of_a_damaged_pack_is_saved_as_restic_saves_it(int position) throws IOException {
        ObjectId pack = packs(ours, BlobType.DATA).getFirst();
        replace(ours.file(ObjectType.PACK, pack), flipped(ours.file(ObjectType.PACK, pack), position));
        HistoryFixture theirs = ours.copy("theirs");
        Path cwdOurs = Files.createDirectory(home.resolve("cwd-ours"));
        Path cwdTheirs = Files.createDirectory(home.resolve("cwd-theirs"));

        ours.reprise.in(cwdOurs).ok("repair", "packs", pack.hex());
        theirs.restic.ok(cwdTheirs, "repair", "packs", pack.hex());

        assertThat(ids(indexed(ours))).isEqualTo(ids(indexed(theirs)));
        assertThat(ours.ids(ObjectType.PACK)).doesNotContain(pack);
        assertThat(Files.readAllBytes(cwdOurs.resolve("pack-" + pack.hex())))
                .isEqualTo(Files.readAllBytes(cwdTheirs.resolve("pack-" + pack.hex())));
        for (HistoryFixture each : List.of(ours, theirs)) {
            each.restic.ok("repair", "snapshots", "--forget");
            each.mustBeClean();
        }
        assertThat(trees(ours)).isEqualTo(trees(theirs));
    }

    private static List<ObjectId> trees(HistoryFixture fixture) {
        List<ObjectId> trees = new ArrayList<>();
        fixture.snapshots().forEach(stored -> trees.add(stored.snapshot().tree()));
        return trees;
    }

    @Test
    void a_pack_that_is_not_there_is_named_and_nothing_changes() {
        List<ObjectId> before = ours.ids(ObjectType.INDEX);
        RepriseRestic.Result refused = ours.reprise.run("repair", "packs", "00".repeat(31) + "01");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(ours.ids(ObjectType.INDEX)).isEqualTo(before);
        assertThat(ours.reprise.run("repair", "packs").err()).contains("no ids specified");
        assertThat(ours.reprise.run("repair", "packs", "abcd").status()).isEqualTo(1);
    }

    enum Loss {
        NOTHING,
        DATA,
        TREES,
        ROOT
    }

    private void lose(Loss loss) throws IOException {
        switch (loss) {
            case NOTHING -> {}
            case DATA ->
                Files.delete(
                        ours.file(ObjectType.PACK, packs(ours, BlobType.DATA).getFirst()));
            case TREES -> {
                // The second snapshot's trees only, so that the directories it shares stay readable.
                Files.delete(ours.file(ObjectType.PACK, packOfRoot(1)));
            }
            case ROOT -> Files.delete(ours.file(ObjectType.PACK, packOfRoot(0)));
        }
    }

    private ObjectId packOfRoot(int snapshot) {
        ObjectId root = ours.snapshots().get(snapshot).snapshot().tree();
        return indexed(ours).stream()
                .filter(blob -> blob.handle().id().equals(root))
                .map(BlobLocation::pack)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    @ParameterizedTest(name = "{0}, --forget")
    @EnumSource(Loss.class)
    void snapshots_are_repaired_as_restic_repairs_them(Loss loss) throws IOException {
        repairBoth(loss, "--forget");
    }

    @ParameterizedTest(name = "{0}, old ones kept")
    @EnumSource(Loss.class)
    void repaired_snapshots_are_put_beside_damaged_ones_as_by_restic(Loss loss) throws IOException {
        repairBoth(loss);
    }

    private void repairBoth(Loss loss, String... flags) throws IOException {
        lose(loss);
        ours.restic.ok("repair", "index");
        HistoryFixture theirs = ours.copy("theirs");
        List<String> verb = new ArrayList<>(List.of("repair", "snapshots"));
        verb.addAll(List.of(flags));

        List<String> dry = new ArrayList<>(verb);
        dry.add("--dry-run");
        List<StoredSnapshot> before = ours.snapshots();
        ours.reprise.ok(dry.toArray(String[]::new));
        assertThat(ours.snapshots()).isEqualTo(before);

        ours.reprise.ok(verb.toArray(String[]::new));
        theirs.restic.ok(verb.toArray(String[]::new));

        assertThat(ours.contents()).isEqualTo(theirs.contents());
        if (flags.length > 0) {
            ours.mustBeClean();
        }
    }

    @Test
    void an_unreadable_snapshot_file_is_removed_only_when_it_is_named() throws IOException {
        ObjectId bad = ours.snapshots().getFirst().id();
        replace(ours.file(ObjectType.SNAPSHOT, bad), flipped(ours.file(ObjectType.SNAPSHOT, bad), 60));

        RepriseRestic.Result refused = ours.reprise.run("repair", "snapshots", "--forget");
        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.err()).contains("use `restic repair snapshots --forget " + bad.hex() + "` to remove it");
        assertThat(ours.ids(ObjectType.SNAPSHOT)).contains(bad);

        ours.reprise.ok("repair", "snapshots", "--forget", "--dry-run", bad.hex());
        assertThat(ours.ids(ObjectType.SNAPSHOT)).contains(bad);
        assertThat(ours.reprise.ok("repair", "snapshots", "--forget", bad.hex()).out())
                .contains("removed unreadable snapshot " + bad.hex());
        assertThat(ours.ids(ObjectType.SNAPSHOT)).doesNotContain(bad);
        ours.mustBeClean();
    }
}
