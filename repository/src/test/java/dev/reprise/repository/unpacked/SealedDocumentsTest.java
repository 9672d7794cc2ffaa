package dev.reprise.repository.unpacked;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.model.DocumentMemory;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

class SealedDocumentsTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] JSON = "{\"a\":[1,2,3]}".getBytes(UTF_8);

    private final Storage storage = new MemoryStorage();
    private final KeySet keys = someKeys();
    private final SealedDocuments format1 = new SealedDocuments(storage, keys, 1, RANDOM);
    private final ThreadLocal<DocumentMemory> memory = ThreadLocal.withInitial(DocumentMemory::new);
    private final SealedDocuments format2 = new SealedDocuments(storage, keys, 2, RANDOM);

    private static KeySet someKeys() {
        byte[] bytes = new byte[KeySet.BYTES];
        RANDOM.nextBytes(bytes);
        return KeySet.of(bytes);
    }

    private byte[] opened(ObjectType type, ObjectId id) throws ForgedException {
        return new Sealer(keys, RANDOM).open(storage.readAll(ObjectKey.of(type, id)));
    }

    private ObjectId store(byte[]... parts) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            plain.writeBytes(part);
        }
        return storeRaw(new Sealer(keys, RANDOM).seal(plain.toByteArray()));
    }

    private ObjectId storeRaw(byte[] sealed) {
        ObjectId id = ObjectId.hash(sealed);
        storage.write(ObjectKey.of(ObjectType.SNAPSHOT, id), sealed);
        return id;
    }

    private static byte[] zstd(byte[] content, boolean contentSize, boolean checksum) {
        try (ZstdCompressCtx context =
                new ZstdCompressCtx().setLevel(3).setContentSize(contentSize).setChecksum(checksum)) {
            return context.compress(content);
        }
    }

    private static byte[] two() {
        return new byte[] {2};
    }

    /// Both ways there are must say the same, also of what is wrong.
    private byte[] load(ObjectId id) {
        byte[] lent;
        try {
            lent = format2.load(ObjectType.SNAPSHOT, id, memory.get(), Arrays::copyOf);
        } catch (RepositoryException e) {
            assertThatThrownBy(() -> format2.load(ObjectType.SNAPSHOT, id)).hasMessage(e.getMessage());
            throw e;
        }
        assertThat(format2.load(ObjectType.SNAPSHOT, id)).isEqualTo(lent);
        return lent;
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectType.class,
            names = {"INDEX", "SNAPSHOT", "LOCK", "POINT"},
            mode = Mode.INCLUDE)
    void a_document_is_stored_under_the_hash_of_its_sealed_bytes_and_comes_back(ObjectType type) {
        for (SealedDocuments documents : List.of(format1, format2)) {
            ObjectId id = documents.save(type, JSON);
            assertThat(ObjectId.hash(storage.readAll(ObjectKey.of(type, id)))).isEqualTo(id);
            assertThat(documents.load(type, id)).isEqualTo(JSON);
            assertThat(documents.save(type, JSON))
                    .as("equal documents do not collide")
                    .isNotEqualTo(id);
        }
    }

    @Test
    void format_1_stores_json_as_it_is() throws ForgedException {
        assertThat(opened(ObjectType.INDEX, format1.save(ObjectType.INDEX, JSON)))
                .isEqualTo(JSON);
    }

    @Test
    void format_2_stores_a_prefix_and_one_frame() throws ForgedException {
        byte[] large = "{\"a\":\"abcdefghijklmnopqrstuvwxyz\"}\n".repeat(1000).getBytes(UTF_8);
        byte[] plain = opened(ObjectType.INDEX, format2.save(ObjectType.INDEX, large));
        assertThat(plain[0]).isEqualTo((byte) 2);
        assertThat(plain.length).isLessThan(large.length / 10);
        assertThat(Zstd.decompress(Arrays.copyOfRange(plain, 1, plain.length), large.length))
                .isEqualTo(large);
    }

    @Test
    void documents_are_saved_one_after_the_other_in_the_same_memory() {
        var memory = new DocumentMemory();
        byte[] array = new byte[300_000];
        Random random = new Random(9);
        for (int length : new int[] {300_000, 17, 200_000, 200_000, 2}) {
            for (int i = 0; i < array.length; i++) {
                array[i] = (byte) ('a' + random.nextInt(16));
            }
            array[0] = '{';
            byte[] before = array.clone();

            ObjectId first = format1.save(ObjectType.INDEX, array, length, memory);
            ObjectId second = format2.save(ObjectType.INDEX, array, length, memory);

            assertThat(array).isEqualTo(before);
            assertThat(format1.load(ObjectType.INDEX, first)).isEqualTo(Arrays.copyOf(array, length));
            assertThat(format2.load(ObjectType.INDEX, second)).isEqualTo(Arrays.copyOf(array, length));
        }
    }

    @Test
    void format_2_accepts_json_from_before_a_migration() {
        assertThat(load(store(JSON))).isEqualTo(JSON);
        assertThat(load(store("[1]".getBytes(UTF_8)))).isEqualTo("[1]".getBytes(UTF_8));
    }

    @Test
    void format_1_never_looks_at_a_prefix() {
        ObjectId id = store(two(), zstd(JSON, true, false));
        assertThat(format1.load(ObjectType.SNAPSHOT, id)).startsWith(2);
    }

    @Test
    void frames_without_size_with_checksum_and_several_in_a_row_are_accepted() {
        byte[] large = new byte[3_000_000];
        Arrays.fill(large, (byte) ' ');
        assertThat(load(store(two(), zstd(JSON, false, false)))).isEqualTo(JSON);
        assertThat(load(store(two(), zstd(JSON, true, true)))).isEqualTo(JSON);
        assertThat(load(store(two(), zstd(large, false, true)))).isEqualTo(large);
        assertThat(load(store(two(), zstd(JSON, true, false), zstd("\n".getBytes(UTF_8), true, false))))
                .isEqualTo("{\"a\":[1,2,3]}\n".getBytes(UTF_8));
        byte[] both = load(store(two(), zstd(JSON, true, false), zstd(large, false, false)));
        assertThat(both).hasSize(JSON.length + large.length).startsWith(JSON);
    }

    @Test
    void frames_of_any_level_and_window_are_accepted() {
        byte[] content = new byte[300_000];
        new Random(5).nextBytes(content);
        for (int level : new int[] {-5, 1, 3, 8, 19}) {
            try (ZstdCompressCtx context = new ZstdCompressCtx().setLevel(level).setLong(27)) {
                assertThat(load(store(two(), context.compress(content)))).isEqualTo(content);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {" {}", "x", "\u0001{}", "\u0003"})
    void another_first_byte_is_refused(String plain) {
        ObjectId id = store(plain.getBytes(UTF_8));
        assertThatThrownBy(() -> load(id))
                .isInstanceOf(RepositoryException.class)
                .hasMessage("snapshot %s is damaged: its encoding is not known: first byte 0x%02x"
                        .formatted(id.hex(), (int) plain.charAt(0)));
    }

    @Test
    void what_is_no_frame_or_is_followed_by_something_else_is_refused() {
        byte[] frame = zstd(JSON, true, true);
        List<ObjectId> bad = List.of(
                store(two(), JSON),
                store(two(), Arrays.copyOf(frame, frame.length - 1)),
                store(two(), frame, new byte[] {'\n'}),
                store(two(), frame, Arrays.copyOf(frame, 3)));
        for (ObjectId id : bad) {
            assertThatThrownBy(() -> load(id))
                    .hasMessageStartingWith("snapshot " + id.hex() + " is damaged: its content does not decompress: ");
        }
    }

    @Test
    void nothing_inside_is_refused() {
        for (ObjectId id : List.of(store(new byte[0]), store(two()))) {
            assertThatThrownBy(() -> load(id)).hasMessage("snapshot " + id.hex() + " is damaged: it holds nothing");
        }
    }

    @Test
    void a_document_larger_than_the_limit_is_refused_without_being_held_in_memory() {
        byte[] mebibyte = zstd(new byte[1 << 20], true, false);
        byte[][] parts = new byte[66][];
        Arrays.fill(parts, mebibyte);
        parts[0] = two();
        ObjectId id = store(parts);
        assertThatThrownBy(() -> load(id))
                .hasMessage("snapshot " + id.hex() + " is damaged: it is larger than the limit of 8388608 bytes");
    }

    @Test
    void a_frame_that_lies_about_its_size_takes_no_memory() {
        // Magic, descriptor with an 8-byte size, 1 KiB window, size 2^60, one last raw block of one byte.
        byte[] frame = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, (byte) 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x09, 0, 0, '{'
        };
        ObjectId id = store(two(), frame);
        assertThatThrownBy(() -> load(id)).hasMessageStartingWith("snapshot " + id.hex() + " is damaged: ");
    }

    @Test
    void a_missing_document_is_named() {
        assertThatThrownBy(() -> load(ObjectId.NULL))
                .hasMessage("snapshot " + "0".repeat(64) + " is missing, needed by this command");
    }

    @Test
    void an_empty_or_short_file_is_named() {
        ObjectId empty = storeRaw(new byte[0]);
        assertThatThrownBy(() -> load(empty))
                .hasMessage("snapshot " + empty.hex() + " is damaged: a sealed unit has at least 32 bytes, this one 0");
        ObjectId id = format2.save(ObjectType.SNAPSHOT, JSON);
        ObjectKey key = ObjectKey.of(ObjectType.SNAPSHOT, id);
        storage.delete(key);
        storage.write(key, new byte[0]);
        assertThatThrownBy(() -> load(id)).hasMessage("snapshot " + id.hex() + " is damaged: it is empty");
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectType.class,
            names = {"INDEX", "SNAPSHOT", "LOCK", "POINT"},
            mode = Mode.INCLUDE)
    void any_flipped_bit_is_noticed_and_named(ObjectType type) {
        ObjectId id = format2.save(type, JSON);
        ObjectKey key = ObjectKey.of(type, id);
        byte[] good = storage.readAll(key);
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] changed = good.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            storage.delete(key);
            storage.write(key, changed);
            assertThatThrownBy(() -> format2.load(type, id))
                    .as("bit %d", bit)
                    .isInstanceOf(RepositoryException.class)
                    .hasMessageContaining(id.hex())
                    .hasMessageEndingWith("its " + good.length + " bytes do not hash to its name");
        }
    }

    @Test
    void a_file_under_its_right_name_but_of_another_key_is_refused() {
        SealedDocuments foreign = new SealedDocuments(storage, someKeys(), 2, RANDOM);
        ObjectId id = foreign.save(ObjectType.SNAPSHOT, JSON);
        assertThatThrownBy(() -> load(id))
                .hasMessage("snapshot " + id.hex() + " is damaged: its authentication code does not match");
    }

    @Test
    void a_storage_that_refuses_is_not_a_damaged_document() {
        var faulty = new FaultyStorage(storage, 1);
        ObjectId id = format2.save(ObjectType.SNAPSHOT, JSON);
        faulty.on(FaultyStorage.Operation.READ).fail(StorageException.Kind.DENIED);
        SealedDocuments documents = new SealedDocuments(faulty, keys, 2, RANDOM);
        assertThatThrownBy(() -> documents.load(ObjectType.SNAPSHOT, id)).isInstanceOf(StorageException.class);
    }

    @Test
    void many_threads_share_it() throws Exception {
        List<Future<ObjectId>> saved = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 400; i++) {
                byte[] json = "{\"n\":%d}".formatted(i).getBytes(UTF_8);
                saved.add(threads.submit(() -> {
                    ObjectId id = format2.save(ObjectType.SNAPSHOT, json);
                    assertThat(load(id)).isEqualTo(json);
                    return id;
                }));
            }
        }
        for (int i = 0; i < saved.size(); i++) {
            assertThat(new String(load(saved.get(i).get()), UTF_8)).isEqualTo("{\"n\":%d}".formatted(i));
        }
    }

    @Test
    void random_plaintext_is_a_document_or_refused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] good = new byte[1 + zstd(JSON, true, true).length];
        System.arraycopy(zstd(JSON, true, true), 0, good, 1, good.length - 1);
        good[0] = 2;
        for (int i = 0; i < 3_000; i++) {
            byte[] changed = good.clone();
            for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            ObjectId id = store(changed);
            try {
                assertThat(load(id).length).isLessThanOrEqualTo(SealedDocuments.MAX_OTHER_BYTES);
            } catch (RepositoryException refused) {
                assertThat(refused).as("seed %d", seed).hasMessageStartingWith("snapshot " + id.hex() + " is damaged");
            }
        }
    }
}
