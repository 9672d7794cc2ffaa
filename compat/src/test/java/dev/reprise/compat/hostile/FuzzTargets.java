package dev.reprise.compat.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Secret;
import dev.reprise.compat.hostile.HostileRepository.Entry;
import dev.reprise.operations.backup.PartialSnapshots;
import dev.reprise.operations.check.ReadingLog;
import dev.reprise.operations.point.PointFormat;
import dev.reprise.operations.point.Points;
import dev.reprise.operations.point.RecoveryPoint;
import dev.reprise.operations.point.RecoveryPoint.CapturedSource;
import dev.reprise.operations.point.RecoveryPoint.CapturedStream;
import dev.reprise.operations.point.RecoveryPoint.Outcome;
import dev.reprise.operations.point.RunId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobIndex.PackContent;
import dev.reprise.repository.index.IndexEdit;
import dev.reprise.repository.index.IndexScan;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.PackCheck;
import dev.reprise.repository.snapshot.SnapshotCodec;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import dev.reprise.sources.Facts;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Every reader of bytes that come from storage, with valid examples of what it reads. Bytes are sealed with the right
/// keys before they are read: nobody is stopped by a seal who has a password.
final class FuzzTargets implements AutoCloseable {
    private static final Secret PASSWORD = Secret.of(HostileRepository.PASSWORD);
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    /// Fails with a [RepriseException] at most.
    interface Reader {
        void read(byte[] bytes);
    }

    record Target(List<byte[]> examples, Reader reader) {}

    private final Storage storage = new MemoryStorage();
    private final HostileRepository hostile = new HostileRepository(storage);
    private final Repository repository =
            Repository.open(storage, PASSWORD, new SecureRandom(), InstantSource.fixed(NOW));
    private final BlobIndex empty = repository.readIndex((_, reason) -> {
        throw reason;
    });
    private final Path folder;

    /// @param folder for files of the index cache
    FuzzTargets(Path folder) {
        this.folder = folder;
    }

    Map<String, Target> all() {
        Map<String, Target> targets = new LinkedHashMap<>();
        targets.put("key", new Target(keys(), this::key));
        targets.put("config", new Target(List.of(repository.config().json()), this::config));
        targets.put("index", new Target(indexes(), json -> document(ObjectType.INDEX, json, this::index)));
        targets.put("index scan", new Target(indexes(), json -> document(ObjectType.INDEX, json, this::scan)));
        targets.put("pack header", new Target(List.of(header(1), header(5)), this::header));
        targets.put("pack", new Target(List.of(pack()), this::pack));
        targets.put("blob", new Target(List.of(Zstd.compress(text("content of a file"), 3), text("raw")), this::blob));
        targets.put("tree", new Target(trees(), FuzzTargets::tree));
        targets.put("snapshot", new Target(snapshots(), FuzzTargets::snapshot));
        targets.put("lock", new Target(locks(), json -> document(ObjectType.LOCK, json, this::lock)));
        targets.put("readings", new Target(readings(), json -> document(ObjectType.READINGS, json, this::readings)));
        targets.put("point", new Target(points(), json -> document(ObjectType.POINT, json, this::points)));
        targets.put("partial", new Target(snapshots(), json -> document(ObjectType.PARTIAL, json, this::partial)));
        targets.put("document", new Target(frames(), this::frame));
        targets.put("index cache", cache());
        return targets;
    }

    private static byte[] text(String text) {
        return HostileRepository.text(text);
    }

    private void remove(ObjectType type, ObjectId id) {
        storage.delete(ObjectKey.of(type, id));
    }

    // Documents

    private interface Look {
        void at(ObjectId id);
    }

    private void document(ObjectType type, byte[] json, Look look) {
        ObjectId id = hostile.document(type, json);
        try {
            look.at(id);
        } finally {
            remove(type, id);
        }
    }

    private void frame(byte[] frame) {
        ObjectId id = hostile.frame(ObjectType.SNAPSHOT, frame);
        try {
            assertThat(repository.unpacked().load(ObjectType.SNAPSHOT, id)).isNotNull();
        } finally {
            remove(ObjectType.SNAPSHOT, id);
        }
    }

    private static List<byte[]> frames() {
        byte[] two = new byte[40];
        byte[] one = Zstd.compress(text("{\"a\":1}"), 3);
        System.arraycopy(one, 0, two, 0, one.length);
        return List.of(one, HostileRepository.bomb(1), HostileRepository.claiming(1 << 20), two);
    }

    private List<byte[]> keys() {
        List<byte[]> keys = new ArrayList<>();
        storage.list(ObjectType.KEY, found -> keys.add(storage.read(found.key(), 0, -1, body -> body.readAllBytes())));
        return keys;
    }

    private void key(byte[] bytes) {
        ObjectId id = hostile.store(ObjectType.KEY, bytes);
        try {
            assertThat(repository.keyring().list((_, _) -> {})).isNotEmpty();
        } finally {
            if (!Arrays.equals(bytes, keys().getFirst()) || keys().size() > 1) {
                remove(ObjectType.KEY, id);
            }
        }
    }

    private void config(byte[] json) {
        var other = new MemoryStorage();
        storage.list(
                ObjectType.KEY,
                found -> other.write(found.key(), storage.read(found.key(), 0, -1, body -> body.readAllBytes())));
        other.write(ObjectKey.CONFIG, hostile.seal(json));
        try (Repository opened = Repository.open(other, PASSWORD, new SecureRandom(), InstantSource.fixed(NOW))) {
            assertThat(opened.config().version()).isBetween(1, 2);
        }
    }

    private static List<byte[]> indexes() {
        String id = "5f".repeat(32);
        String blob = "{\"id\":\"%s\",\"type\":\"data\",\"offset\":0,\"length\":90,\"uncompressed_length\":100}"
                .formatted(id);
        String tree = "{\"id\":\"%s\",\"type\":\"tree\",\"offset\":90,\"length\":50}".formatted("6a".repeat(32));
        String pack = "{\"id\":\"%s\",\"blobs\":[%s,%s]}".formatted("ab".repeat(32), blob, tree);
        return List.of(
                text("{\"packs\":[%s]}\n".formatted(pack)),
                text("{\"supersedes\":[\"%s\"],\"packs\":[%s,%s]}".formatted(id, pack, pack)),
                text("{\"packs\":[],\"packs_to_delete\":[%s]}".formatted(pack)),
                text("{\"packs\":[],\"packs_to_delete\":[1]}"),
                text("{\"packs\":[],\"packs_to_delete\":[{\"id\":\"none\"}]}"));
    }

    private void index(ObjectId id) {
        try (BlobIndex index =
                repository.readIndex((file, _) -> assertThat(file).isEqualTo(id))) {
            index.forEachPack(pack -> assertThat(pack.blobs()).isNotNull());
        }
    }

    private void scan(ObjectId id) {
        repository.indexScan().forEach(new IndexScan.Visitor() {
            @Override
            public void file(ObjectId file, byte[] json, List<PackContent> packs) {
                assertThat(file).isEqualTo(id);
                IndexEdit.without(json, _ -> true, _ -> true);
            }

            @Override
            public void damaged(ObjectId file, RuntimeException reason) {
                assertThat(reason).isInstanceOf(RepriseException.class);
            }
        });
    }

    private static List<byte[]> trees() {
        ObjectId id = ObjectId.hash(text("x"));
        String file = HostileRepository.file("name", 100, id, id);
        String link = HostileRepository.symlink("link", "/etc/passwd");
        String special = HostileRepository.node(
                "dev", "dev", ",\"device\":2049,\"extended_attributes\":[{\"name\":\"user.a\",\"value\":\"AAEC\"}]");
        return List.of(
                text("{\"nodes\":[%s,%s]}\n".formatted(HostileRepository.folder("d", id), file)),
                text("{\"nodes\":[%s,%s]}\n".formatted(link, special)),
                text("{\"nodes\":[]}\n"));
    }

    private static void tree(byte[] bytes) {
        try {
            assertThat(TreeCodec.decode(bytes)).isNotNull();
        } catch (TreeFormatException expected) {
            assertThat(expected).hasMessageMatching("(?s).+");
        }
    }

    private static List<byte[]> snapshots() {
        String tree = "5f".repeat(32);
        return List.of(
                text(
                        "{\"time\":\"2026-01-15T10:00:00.123456789+01:00\",\"tree\":\"%s\",\"paths\":[\"/data\"],\"hostname\":\"h\",\"username\":\"u\",\"uid\":1,\"gid\":2,\"tags\":[\"a\",\"b\"],\"original\":\"%s\",\"program_version\":\"restic 0.19\"}"
                                .formatted(tree, tree)),
                text(
                        "{\"time\":\"2026-01-15T10:00:00Z\",\"tree\":\"%s\",\"paths\":null,\"excludes\":[\"*.o\"],\"summary\":{\"backup_start\":\"2026-01-15T10:00:00Z\",\"files_new\":1,\"data_added\":5}}"
                                .formatted(tree)));
    }

    private static void snapshot(byte[] json) {
        try {
            SnapshotCodec.encode(SnapshotCodec.decode(json));
        } catch (IllegalArgumentException expected) {
            assertThat(expected).hasMessageMatching("(?s).+");
        }
    }

    private static List<byte[]> locks() {
        return List.of(
                text(
                        "{\"time\":\"2026-01-15T10:00:00.5Z\",\"exclusive\":true,\"hostname\":\"h\",\"username\":\"root\",\"pid\":77,\"uid\":0,\"gid\":0}"),
                text(
                        "{\"time\":\"2026-01-15T10:00:00Z\",\"exclusive\":false,\"hostname\":\"\",\"username\":\"\",\"pid\":0}"));
    }

    private void lock(ObjectId id) {
        assertThat(repository.locks().removeStale(false)).as(id.hex()).isBetween(0, 1);
    }

    private static List<byte[]> readings() {
        return List.of(text("{\"format\":1,\"readings\":[{\"at\":1790000000,\"packs\":[\"%s\",\"%s\"]}]}"
                .formatted("5f".repeat(32), "ab".repeat(32))));
    }

    private void readings(ObjectId id) {
        assertThat(ReadingLog.load(repository, NOW)
                        .coverage(Map.of(id, 10L), null)
                        .packs())
                .isOne();
    }

    private static List<byte[]> points() {
        ObjectId id = ObjectId.hash(text("x"));
        var source = new CapturedSource(
                "main",
                "postgres",
                true,
                Outcome.CAPTURED,
                id,
                id,
                NOW,
                NOW,
                Facts.NONE,
                List.of(new CapturedStream("app.dump", 99, id)),
                99,
                77,
                0,
                List.of("a problem"));
        return List.of(PointFormat.encode(new RecoveryPoint(
                1,
                new RunId("0123456789abcdef"),
                "reprise 0.1",
                "nightly",
                "db1",
                NOW,
                NOW,
                List.of(source),
                Map.of("sources", "main"))));
    }

    private void points(ObjectId id) {
        new Points(repository).list((point, reason) -> {
            assertThat(point).isEqualTo(id);
            assertThat(reason).isInstanceOf(RepriseException.class);
        });
    }

    private void partial(ObjectId id) {
        assertThat(new PartialSnapshots(repository).of("h", List.of("/data"), empty))
                .as(id.hex())
                .isEmpty();
    }

    // Packs

    private static byte[] header(int blobs) {
        var header = ByteBuffer.allocate(blobs * 41).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < blobs; i++) {
            header.put((byte) (i % 2 == 0 ? 2 : 3)).putInt(90 + i).putInt(100);
            ObjectId.hash(text("blob" + i)).writeTo(header.array(), header.position());
            header.position(header.position() + ObjectId.BYTES);
        }
        return header.array();
    }

    private void header(byte[] plain) {
        byte[] sealed = hostile.seal(plain);
        byte[] bytes = ByteBuffer.allocate(500 + sealed.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .position(500)
                .put(sealed)
                .putInt(sealed.length)
                .array();
        pack(bytes);
    }

    private byte[] pack() {
        byte[] blob = hostile.seal(Zstd.compress(text("content"), 3));
        byte[] header = hostile.seal(header(1));
        return ByteBuffer.allocate(blob.length + header.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(blob)
                .put(header)
                .putInt(header.length)
                .array();
    }

    private void pack(byte[] bytes) {
        ObjectId id = hostile.store(ObjectType.PACK, bytes);
        try (PackCheck check = repository.packCheck()) {
            assertThat(check.check(id, List.of())).isNotNull();
            assertThat(repository.packHeaders().read(id, bytes.length).blobs()).isNotNull();
        } finally {
            remove(ObjectType.PACK, id);
        }
    }

    /// The first byte says what the index claims of it.
    private void blob(byte[] frame) {
        int claimed = frame.length == 0 ? 0 : (frame[0] & 0xff) << (frame.length % 24);
        byte[] sealed = hostile.seal(frame);
        ObjectId id = ObjectId.hash(frame);
        ObjectId pack = hostile.store(ObjectType.PACK, sealed);
        ObjectId file = hostile.index(pack, List.of(new Entry("data", id, 0, sealed.length, claimed)));
        try (BlobIndex index = repository.readIndex((_, _) -> {});
                BlobReader reader = repository.reader(index)) {
            assertThat(reader.read(BlobHandle.data(id))).isNotNull();
        } finally {
            remove(ObjectType.PACK, pack);
            remove(ObjectType.INDEX, file);
        }
    }

    // The cache

    private Target cache() {
        var filled = new MemoryStorage();
        var other = new HostileRepository(filled);
        var random = new Random(1);
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < 20_100; i++) {
            byte[] id = new byte[ObjectId.BYTES];
            random.nextBytes(id);
            entries.add(new Entry("data", ObjectId.of(id, 0), i * 90L, 90, 100));
        }
        other.index(ObjectId.hash(text("pack")), entries);
        Path file;
        byte[] whole;
        try (Repository opened = cached(filled)) {
            file = folder.resolve("cache/" + opened.config().id() + "/merged-index");
            assertThat(count(opened)).isEqualTo(20_100);
            whole = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Target(List.of(whole), bytes -> {
            try (Repository opened = cached(filled)) {
                Files.write(file, bytes);
                assertThat(count(opened)).isEqualTo(20_100);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private Repository cached(Storage filled) {
        Repository opened = Repository.open(filled, PASSWORD, new SecureRandom(), InstantSource.fixed(NOW));
        opened.keepIndexIn(new CacheFolders(folder.resolve("cache"), InstantSource.fixed(NOW)));
        return opened;
    }

    private static long count(Repository opened) {
        try (BlobIndex index = opened.loadIndex((_, reason) -> {
            throw reason;
        })) {
            return index.size();
        }
    }

    @Override
    public void close() {
        repository.close();
        hostile.close();
    }
}
