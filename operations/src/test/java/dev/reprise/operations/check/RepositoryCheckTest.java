package dev.reprise.operations.check;

import static dev.reprise.operations.restore.SampleRepository.dir;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.check.CheckListener.CheckEvent;
import dev.reprise.operations.restore.SampleRepository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.memory.MemoryStorage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepositoryCheckTest {
    private static final CheckRequest.Memory LITTLE =
            new CheckRequest.Memory(ByteSize.ofKibibytes(64), Path.of(System.getProperty("java.io.tmpdir")));

    private final MemoryStorage storage = new MemoryStorage();
    private final List<CheckEvent> events = Collections.synchronizedList(new ArrayList<>());
    private SampleRepository sample;
    private ObjectId inner = ObjectId.NULL;
    private ObjectId first = ObjectId.NULL;
    private ObjectId second = ObjectId.NULL;

    @BeforeEach
    void create() {
        sample = new SampleRepository(storage);
    }

    /// Two snapshots in packs of their own, so that damage to one leaves the other whole.
    private void save() {
        inner = sample.tree(sample.file("deep.txt", "deep"));
        first = sample.snapshot(sample.tree(dir("a", inner), sample.file("one", "only in first")));
        sample.finish();
        second = sample.snapshot(sample.tree(sample.file("two", "only in second")));
        sample.finish();
    }

    @AfterEach
    void close() {
        sample.close();
    }

    /// Checks twice, with the index in memory and in a file: both must find the same.
    private CheckResult check(boolean readData) {
        events.clear();
        PackSelection packs = readData ? new PackSelection.All() : new PackSelection.None();
        CheckRequest request = CheckRequest.everything(packs, 2);
        List<CheckEvent> within = Collections.synchronizedList(new ArrayList<>());
        CheckResult limited = new RepositoryCheck(sample.repository, within::add).run(request.within(LITTLE));

        CheckResult result = new RepositoryCheck(sample.repository, events::add).run(request);

        assertThat(limited).isEqualTo(result);
        assertThat(sorted(within)).isEqualTo(sorted(events));
        return result;
    }

    /// Threads report in any order, and name any of the places of a tree.
    private static List<String> sorted(List<CheckEvent> events) {
        return events.stream()
                .filter(event -> !(event instanceof CheckEvent.Progress))
                .map(CheckEvent::toString)
                .sorted()
                .toList();
    }

    private List<String> defects() {
        return events.stream()
                .filter(CheckEvent.Defect.class::isInstance)
                .map(event -> ((CheckEvent.Defect) event).fact())
                .toList();
    }

    private List<String> hints() {
        return events.stream()
                .filter(CheckEvent.Hint.class::isInstance)
                .map(event -> ((CheckEvent.Hint) event).fact())
                .toList();
    }

    private static BlobHandle data(String text) {
        return BlobHandle.data(ObjectId.hash(text.getBytes(StandardCharsets.UTF_8)));
    }

    private BlobLocation location(BlobHandle blob) {
        return sample.index.find(blob).getFirst();
    }

    private void flip(ObjectKey key, long position) {
        byte[] content = storage.readAll(key);
        content[Math.toIntExact(position)] ^= 1;
        replace(key, content);
    }

    private void replace(ObjectKey key, byte[] content) {
        storage.delete(key);
        storage.write(key, content);
    }

    private List<ObjectKey> keys(ObjectType type) {
        var keys = new ArrayList<ObjectKey>();
        storage.list(type, found -> keys.add(found.key()));
        return keys;
    }

    // Whole repositories

    @Test
    void a_whole_repository_has_no_defect() {
        save();

        CheckResult result = check(true);

        assertThat(defects()).isEmpty();
        assertThat(hints()).isEmpty();
        assertThat(result.defects()).isZero();
        assertThat(result.snapshots()).isEqualTo(2);
        assertThat(result.trees()).isEqualTo(3);
        assertThat(result.packs()).isEqualTo(4);
        assertThat(result.packsRead()).isEqualTo(4);
        assertThat(result.bytesRead())
                .isEqualTo(
                        keys(ObjectType.PACK).stream().mapToLong(storage::size).sum());
        assertThat(result.brokenPacks()).isEmpty();
        assertThat(result.affectedSnapshots()).isEmpty();
        assertThat(result.needsIndexRepair()).isFalse();
    }

    @Test
    void without_reading_data_no_pack_counts_as_read() {
        save();

        CheckResult result = check(false);

        assertThat(result.packs()).isEqualTo(4);
        assertThat(result.packsRead()).isZero();
        assertThat(result.bytesRead()).isZero();
    }

    @Test
    void an_empty_repository_shows_that_nothing_was_examined() {
        CheckResult result = check(true);

        assertThat(result)
                .isEqualTo(new CheckResult(
                        0, 0, List.of(), List.of(), 0, 0, 0, 0, 0, 0, false, false, List.of(), List.of(), List.of(),
                        false));
    }

    @Test
    void phases_are_announced_in_order() {
        save();

        check(true);

        assertThat(events)
                .filteredOn(CheckEvent.Phase.class::isInstance)
                .containsExactly(
                        new CheckEvent.Phase("index", 0),
                        new CheckEvent.Phase("packs", 4),
                        new CheckEvent.Phase("snapshots", 2),
                        new CheckEvent.Phase("data", 4));
    }

    // Damage

    @Test
    void a_missing_pack_is_named_with_the_snapshot_that_needs_it() {
        save();
        ObjectId pack = location(data("only in first")).pack();
        storage.delete(ObjectKey.of(ObjectType.PACK, pack));

        CheckResult result = check(false);

        assertThat(defects()).containsExactly("pack " + pack.hex() + ": does not exist, an index names 2 blobs of it");
        assertThat(result.brokenPacks()).containsExactly(pack);
        assertThat(result.affectedSnapshots()).containsExactly(first);
    }

    @Test
    void a_truncated_pack_is_named_without_reading_data() {
        save();
        ObjectId pack = location(data("only in second")).pack();
        ObjectKey key = ObjectKey.of(ObjectType.PACK, pack);
        byte[] content = storage.readAll(key);
        replace(key, Arrays.copyOf(content, 10));

        CheckResult result = check(false);

        assertThat(defects())
                .containsExactly(
                        "pack %s: unexpected file size: got 10, expected %d".formatted(pack.hex(), content.length));
        assertThat(result.brokenPacks()).containsExactly(pack);
        assertThat(result.affectedSnapshots()).containsExactly(second);
    }

    @Test
    void a_flipped_byte_of_data_is_found_only_by_reading_it() {
        save();
        BlobLocation location = location(data("only in second"));
        flip(ObjectKey.of(ObjectType.PACK, location.pack()), location.offset() + 20);

        assertThat(check(false).defects()).isZero();
        CheckResult result = check(true);

        assertThat(defects())
                .isNotEmpty()
                .allSatisfy(fact -> assertThat(fact).contains(location.pack().hex()));
        assertThat(result.brokenPacks()).containsExactly(location.pack());
        assertThat(result.affectedSnapshots()).containsExactly(second);
    }

    @Test
    void every_flipped_byte_of_every_pack_is_found() {
        save();
        for (ObjectKey key : keys(ObjectType.PACK)) {
            long size = storage.size(key);
            for (long position = 0; position < size; position += 7) {
                flip(key, position);
                CheckResult result = check(true);
                assertThat(result.brokenPacks())
                        .as("byte %d of %s", position, key)
                        .containsExactly(ObjectId.parse(key.name()));
                assertThat(result.defects()).isPositive();
                flip(key, position);
            }
        }
        assertThat(check(true).defects()).isZero();
    }

    @Test
    void a_pack_whose_blobs_are_all_good_affects_no_snapshot() {
        save();
        ObjectKey key =
                ObjectKey.of(ObjectType.PACK, location(data("only in second")).pack());
        flip(key, storage.size(key) - 20); // in the header

        CheckResult result = check(true);

        assertThat(result.brokenPacks()).hasSize(1);
        assertThat(result.affectedSnapshots()).isEmpty();
    }

    @Test
    void a_damaged_tree_is_named_with_its_place_and_snapshot() {
        save();
        BlobLocation location = location(BlobHandle.tree(inner));
        flip(ObjectKey.of(ObjectType.PACK, location.pack()), location.offset() + 20);

        CheckResult result = check(false);

        assertThat(defects()).hasSize(1);
        assertThat(defects().getFirst())
                .startsWith("error for tree %s: tree %s, /a of snapshot %s,"
                        .formatted(inner.shortHex(), inner.hex(), first.shortHex()));
        assertThat(result.affectedSnapshots()).containsExactly(first);
    }

    @Test
    void a_damaged_snapshot_is_named_and_the_others_are_walked() {
        save();
        flip(ObjectKey.of(ObjectType.SNAPSHOT, first), 20);

        CheckResult result = check(false);

        assertThat(defects())
                .hasSize(1)
                .first()
                .asString()
                .startsWith("failed to load snapshot " + first.shortHex() + ": snapshot " + first.hex());
        assertThat(result.snapshots()).isEqualTo(1);
        assertThat(result.affectedSnapshots()).containsExactly(first);
    }

    @Test
    void a_damaged_index_is_named_and_so_is_what_it_takes_along() {
        save();
        ObjectKey key = keys(ObjectType.INDEX).getFirst();
        flip(key, 20);

        CheckResult result = check(false);

        assertThat(defects()).anyMatch(fact -> fact.startsWith("error loading index " + key.name() + ": "));
        assertThat(result.needsIndexRepair()).isTrue();
        assertThat(result.affectedSnapshots()).hasSize(1);
        assertThat(hints())
                .filteredOn(hint -> hint.contains("is named by no index"))
                .hasSize(2);
    }

    @Test
    void a_missing_index_leaves_packs_unnamed_and_snapshots_affected() {
        save();
        keys(ObjectType.INDEX).forEach(storage::delete);

        CheckResult result = check(true);

        assertThat(result.affectedSnapshots()).containsExactlyInAnyOrder(first, second);
        assertThat(hints()).hasSize(4);
        assertThat(result.packsRead()).isZero();
    }

    @Test
    void a_data_blob_that_no_index_names_is_reported_once_with_its_file() {
        ObjectId unknown = ObjectId.hash(new byte[] {1, 2, 3});
        Node file = SampleRepository.file("f", 6, List.of(unknown, unknown));
        ObjectId snapshot = sample.snapshot(sample.tree(file));
        sample.finish();

        CheckResult result = check(false);

        assertThat(defects())
                .containsExactly("data blob %s is named by no index, needed by file \"f\" in the root of snapshot %s"
                        .formatted(unknown.hex(), snapshot.shortHex()));
        assertThat(result.affectedSnapshots()).containsExactly(snapshot);
    }

    @Test
    void a_missing_subtree_affects_every_snapshot_that_leads_to_it() {
        ObjectId nowhere = ObjectId.hash(new byte[] {5});
        ObjectId middle = sample.tree(dir("gone", nowhere));
        ObjectId one = sample.snapshot(sample.tree(dir("x", middle)));
        ObjectId two = sample.snapshot(sample.tree(dir("y", middle), sample.file("f", "content")));
        sample.snapshot(sample.tree(sample.file("g", "content")));
        sample.finish();

        CheckResult result = check(false);

        assertThat(defects())
                .hasSize(1)
                .first()
                .asString()
                .contains(nowhere.hex())
                .containsPattern("/[xy]/gone of snapshot");
        assertThat(result.affectedSnapshots()).containsExactlyInAnyOrder(one, two);
    }

    @Test
    void a_blob_with_a_second_copy_affects_no_snapshot() {
        save();
        BlobLocation location = location(data("only in second"));
        storeAgain("only in second");
        storage.delete(ObjectKey.of(ObjectType.PACK, location.pack()));

        CheckResult result = check(false);

        assertThat(result.brokenPacks()).containsExactly(location.pack());
        assertThat(hints()).contains("1 blobs are stored more than once");
        assertThat(result.affectedSnapshots()).isEmpty();
    }

    /// Puts a blob into one more pack, as two backups at the same time leave it behind: the writer is
    /// given an index that does not know it yet.
    private void storeAgain(String content) {
        var hidden = new ArrayList<byte[]>();
        List<ObjectKey> indexes = keys(ObjectType.INDEX);
        for (ObjectKey key : indexes) {
            hidden.add(storage.readAll(key));
            storage.delete(key);
        }
        sample.reload();
        sample.data(content);
        sample.finish();
        for (int i = 0; i < hidden.size(); i++) {
            storage.write(indexes.get(i), hidden.get(i));
        }
        sample.reload();
    }

    // Trees other programs may have written

    @Test
    void a_file_without_content_and_a_directory_without_tree_are_defects() {
        String nodes =
                new String(TreeCodec.encode(List.of(SampleRepository.file("f", 0, null))), StandardCharsets.UTF_8);
        ObjectId snapshot = sample.snapshot(
                sample.tree(dir("d", null), new SampleRepository.Sample(RawName.of("f"), NodeType.FILE).node()));
        sample.finish();

        CheckResult result = check(false);

        assertThat(nodes).contains("\"content\":null");
        assertThat(defects())
                .containsExactlyInAnyOrder(
                        "directory \"d\" without a tree in the root of snapshot " + snapshot.shortHex(),
                        "file \"f\" without content in the root of snapshot " + snapshot.shortHex());
        assertThat(result.affectedSnapshots()).containsExactly(snapshot);
    }

    @Test
    void names_twice_or_out_of_order_are_hints() {
        ObjectId snapshot = sample.snapshot(sample.rawTree(nodes("b", "a", "c", "c")));
        sample.finish();

        CheckResult result = check(false);

        assertThat(result.defects()).isZero();
        assertThat(hints())
                .containsExactly(
                        "names are not in order from \"a\" on in the root of snapshot " + snapshot.shortHex(),
                        "\"c\" is listed twice in the root of snapshot " + snapshot.shortHex());
    }

    @Test
    void an_empty_name_is_a_defect_a_dangerous_one_a_hint() {
        ObjectId snapshot = sample.snapshot(sample.rawTree(nodes("", "..")));
        sample.finish();

        check(false);

        assertThat(defects()).containsExactly("an entry without name in the root of snapshot " + snapshot.shortHex());
        assertThat(hints()).hasSize(1).first().asString().startsWith("\"..\" in the root of snapshot");
        assertThat(events.stream().filter(CheckEvent.Affected.class::isInstance))
                .containsExactly(new CheckEvent.Affected("/(an entry without name)", snapshot.shortHex()));
    }

    @Test
    void bytes_that_are_no_tree_are_a_defect() {
        ObjectId tree = sample.rawTree("{\"nodes\":[{\"name\":17}]}\n".getBytes(StandardCharsets.UTF_8));
        sample.snapshot(tree);
        sample.finish();

        CheckResult result = check(false);

        assertThat(defects()).hasSize(1).first().asString().contains(tree.hex());
        assertThat(result.affectedSnapshots()).hasSize(1);
    }

    private static byte[] nodes(String... names) {
        var text = new StringBuilder("{\"nodes\":[");
        for (String name : names) {
            String one = new String(
                    TreeCodec.encode(List.of(SampleRepository.file("NAME", 0, List.of()))), StandardCharsets.UTF_8);
            text.append(text.length() > 10 ? "," : "")
                    .append(one, "{\"nodes\":[".length(), one.length() - "]}\n".length());
            int at = text.indexOf("NAME");
            text.replace(at, at + 4, name);
        }
        return text.append("]}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    // Read before the lock is held

    private EarlyPacks early(BooleanSupplier timeLeft) {
        var early = new EarlyPacks(2);
        early.read(sample.repository, sample.index, timeLeft);
        return early;
    }

    private CheckResult checkAfter(EarlyPacks early) {
        events.clear();
        return new RepositoryCheck(sample.repository, events::add, early).run(true, 2);
    }

    private boolean wasGood(EarlyPacks early, ObjectId pack) {
        var good = new ArrayList<ObjectId>();
        sample.index.forEachPack(content -> {
            if (early.isGood(content)) {
                good.add(content.pack());
            }
        });
        return good.contains(pack);
    }

    @Test
    void packs_read_early_count_as_read_and_are_not_read_again() {
        save();
        EarlyPacks early = early(() -> true);
        ObjectId pack = location(data("only in first")).pack();
        flip(ObjectKey.of(ObjectType.PACK, pack), 3); // nobody looks again

        CheckResult result = checkAfter(early);

        assertThat(wasGood(early, pack)).isTrue();
        assertThat(defects()).isEmpty();
        assertThat(result.packsRead()).isEqualTo(4);
    }

    @Test
    void a_pack_that_was_damaged_early_is_read_again_and_named() {
        save();
        ObjectId pack = location(data("only in first")).pack();
        flip(ObjectKey.of(ObjectType.PACK, pack), 3);

        CheckResult result = checkAfter(early(() -> true));

        assertThat(result.brokenPacks()).containsExactly(pack);
        assertThat(result.packsRead()).isEqualTo(4);
    }

    @Test
    void a_pack_that_went_after_it_was_read_early_is_missing() {
        save();
        EarlyPacks early = early(() -> true);
        ObjectId pack = location(data("only in first")).pack();
        storage.delete(ObjectKey.of(ObjectType.PACK, pack));

        CheckResult result = checkAfter(early);

        assertThat(result.missingPacks()).containsExactly(pack);
        assertThat(result.packsRead()).isEqualTo(3);
    }

    @Test
    void what_the_index_says_otherwise_of_a_pack_read_early_is_examined() {
        save();
        EarlyPacks early = early(() -> true);
        var changed = new ArrayList<BlobIndex.PackContent>();
        sample.index.forEachPack(content -> changed.add(new BlobIndex.PackContent(
                content.pack(), content.blobs().subList(1, content.blobs().size()))));

        assertThat(changed).hasSize(4).noneMatch(early::isGood);
    }

    @Test
    void without_time_no_pack_is_read_early() {
        save();

        EarlyPacks early = early(() -> false);

        assertThat(wasGood(early, location(data("only in first")).pack())).isFalse();
        assertThat(checkAfter(early).packsRead()).isEqualTo(4);
    }
}
