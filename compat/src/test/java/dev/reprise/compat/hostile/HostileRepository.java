package dev.reprise.compat.hostile;

import com.github.luben.zstd.Zstd;
import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.key.KeyFiles;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Writes a repository by hand, with the right keys and any lie inside: what an attacker who has a password, or a
/// program gone mad, can leave behind.
final class HostileRepository implements AutoCloseable {
    static final String PASSWORD = "hostile";
    private static final SecureRandom RANDOM = new SecureRandom();

    /// One entry of an index and of a pack header.
    ///
    /// @param uncompressed 0 for a blob stored raw
    record Entry(String type, ObjectId id, long offset, long length, long uncompressed) {}

    private final Storage storage;
    private final KeySet keys;
    private final Sealer sealer;
    private final ByteArrayOutputStream pack = new ByteArrayOutputStream();
    private final List<Entry> entries = new ArrayList<>();

    HostileRepository(Path folder) {
        this(new LocalStorage(folder));
    }

    HostileRepository(Storage storage) {
        this.storage = storage;
        storage.create();
        byte[] master = new byte[KeySet.BYTES];
        RANDOM.nextBytes(master);
        keys = KeySet.of(master);
        sealer = new Sealer(keys, RANDOM);
        new KeyFiles(storage, RANDOM)
                .create(
                        keys,
                        Secret.of(PASSWORD),
                        new ScryptParameters(2, 8, 1),
                        GoTime.parse("2026-01-15T10:00:00Z"),
                        new ProcessIdentity("host", "root", 1, 0, 0));
        storage.write(
                ObjectKey.CONFIG,
                sealer.seal(text("{\"version\":2,\"id\":\"%s\",\"chunker_polynomial\":\"3da3358b4dc173\"}"
                        .formatted("ab".repeat(32)))));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    Storage storage() {
        return storage;
    }

    /// As the repository's own keys seal.
    byte[] seal(byte[] plain) {
        return sealer.seal(plain);
    }

    /// Any bytes under any name.
    void write(ObjectType type, String name, byte[] bytes) {
        storage.write(new ObjectKey(type, name), bytes);
    }

    /// Any bytes under the name they hash to.
    ObjectId store(ObjectType type, byte[] bytes) {
        ObjectId id = ObjectId.hash(bytes);
        storage.write(ObjectKey.of(type, id), bytes);
        return id;
    }

    /// A document as restic writes it.
    ObjectId document(ObjectType type, byte[] json) {
        return frame(type, Zstd.compress(json, 3));
    }

    /// A document of a frame that may say anything.
    ObjectId frame(ObjectType type, byte[] frame) {
        byte[] plain = new byte[frame.length + 1];
        plain[0] = 2;
        System.arraycopy(frame, 0, plain, 1, frame.length);
        return store(type, sealer.seal(plain));
    }

    /// A frame whose header claims a size, with nothing real behind it.
    static byte[] claiming(long bytes) {
        return ByteBuffer.allocate(4 + 1 + 8 + 3 + 1)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xFD2FB528)
                .put((byte) 0b1110_0000) // single segment, eight bytes of content size
                .putLong(bytes)
                .put(new byte[] {0b0000_1011, 0, 0}) // the last block, one byte repeated once
                .put((byte) ' ')
                .array();
    }

    /// True frames, one after the other, of so many spaces.
    static byte[] bomb(int mebibytes) {
        byte[] spaces = new byte[1 << 20];
        Arrays.fill(spaces, (byte) ' ');
        byte[] frame = Zstd.compress(spaces, 3);
        var frames = new ByteArrayOutputStream();
        for (int i = 0; i < mebibytes; i++) {
            frames.writeBytes(frame);
        }
        return frames.toByteArray();
    }

    ObjectId data(byte[] content) {
        return blob("data", content);
    }

    ObjectId tree(String nodes) {
        return blob("tree", text("{\"nodes\":[" + nodes + "]}\n"));
    }

    ObjectId blob(String type, byte[] content) {
        byte[] frame = Zstd.compress(content, 1);
        ObjectId id = ObjectId.hash(content);
        stored(type, id, frame, content.length);
        return id;
    }

    /// A blob whose index entry claims anything.
    void stored(String type, ObjectId id, byte[] content, long uncompressed) {
        byte[] sealed = sealer.seal(content);
        entries.add(new Entry(type, id, pack.size(), sealed.length, uncompressed));
        pack.writeBytes(sealed);
    }

    /// Makes a pack of the blobs so far and an index file of it.
    ObjectId finish() {
        List<Entry> all = List.copyOf(entries);
        ObjectId id = packOf(all);
        index(id, all);
        return id;
    }

    /// Makes a pack of the blobs so far, with a header of these entries.
    ObjectId packOf(List<Entry> header) {
        var bytes = ByteBuffer.allocate(header.size() * 41).order(ByteOrder.LITTLE_ENDIAN);
        for (Entry entry : header) {
            boolean tree = entry.type().equals("tree");
            bytes.put((byte) (entry.uncompressed() > 0 ? tree ? 3 : 2 : tree ? 1 : 0))
                    .putInt((int) entry.length());
            if (entry.uncompressed() > 0) {
                bytes.putInt((int) entry.uncompressed());
            }
            entry.id().writeTo(bytes.array(), bytes.position());
            bytes.position(bytes.position() + ObjectId.BYTES);
        }
        byte[] sealed = sealer.seal(Arrays.copyOf(bytes.array(), bytes.position()));
        pack.writeBytes(sealed);
        pack.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(sealed.length)
                .array());
        ObjectId id = store(ObjectType.PACK, pack.toByteArray());
        pack.reset();
        entries.clear();
        return id;
    }

    ObjectId index(ObjectId packId, List<Entry> blobs) {
        var json = new StringBuilder("{\"packs\":[{\"id\":\"" + packId.hex() + "\",\"blobs\":[");
        String separator = "";
        for (Entry entry : blobs) {
            json.append(separator).append("{\"id\":\"").append(entry.id().hex());
            json.append("\",\"type\":\"").append(entry.type());
            json.append("\",\"offset\":").append(entry.offset());
            json.append(",\"length\":").append(entry.length());
            if (entry.uncompressed() > 0) {
                json.append(",\"uncompressed_length\":").append(entry.uncompressed());
            }
            json.append('}');
            separator = ",";
        }
        return document(ObjectType.INDEX, text(json.append("]}]}\n").toString()));
    }

    ObjectId snapshot(ObjectId tree) {
        return document(
                ObjectType.SNAPSHOT,
                text("{\"time\":\"2026-01-15T10:00:00Z\",\"tree\":\"%s\",\"paths\":[\"/data\"],\"hostname\":\"h\"}"
                        .formatted(tree.hex())));
    }

    static String file(String name, long size, ObjectId... content) {
        return node(name, "file", ",\"size\":%d,\"content\":[%s]".formatted(size, ids(content)));
    }

    static String folder(String name, ObjectId subtree) {
        return node(name, "dir", ",\"content\":null,\"subtree\":\"%s\"".formatted(subtree.hex()));
    }

    static String symlink(String name, String target) {
        return node(name, "symlink", ",\"linktarget\":\"%s\",\"content\":null".formatted(target));
    }

    /// @param name as it stands between the quotes of the JSON
    static String node(String name, String type, String rest) {
        return ("{\"name\":\"%s\",\"type\":\"%s\",\"mode\":%d,\"mtime\":\"2026-01-15T10:00:00Z\","
                        + "\"atime\":\"2026-01-15T10:00:00Z\",\"ctime\":\"2026-01-15T10:00:00Z\",\"uid\":0,\"gid\":0%s}")
                .formatted(name, type, type.equals("dir") ? 0x800001EDL : 0x1A4L, rest);
    }

    private static String ids(ObjectId... content) {
        return String.join(
                ",", Arrays.stream(content).map(id -> "\"" + id.hex() + "\"").toList());
    }

    @Override
    public void close() {
        keys.close();
        storage.close();
    }
}
