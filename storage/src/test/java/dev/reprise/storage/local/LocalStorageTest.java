package dev.reprise.storage.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageTest {
    @TempDir
    Path folder;

    private Path root = Path.of("set before each test");
    private LocalStorage storage = new LocalStorage(root);

    @BeforeEach
    void create() {
        root = folder.resolve("deep/repository");
        storage = new LocalStorage(root);
        storage.create();
    }

    private ObjectKey store(ObjectType type, String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        ObjectKey key = type == ObjectType.CONFIG ? ObjectKey.CONFIG : ObjectKey.of(type, ObjectId.hash(content));
        storage.write(key, content);
        return key;
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(path)));
    }

    private List<ObjectKey> listed(ObjectType type) {
        var keys = new ArrayList<ObjectKey>();
        storage.list(type, object -> keys.add(object.key()));
        return keys;
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(p -> String.valueOf(p.getFileName())).toList();
        }
    }

    private static StorageException failure(Runnable action) {
        try {
            action.run();
        } catch (StorageException e) {
            return e;
        }
        throw new AssertionError("should have failed");
    }

    @Test
    void a_new_repository_has_the_folders_restic_makes_and_no_other() throws IOException {
        assertThat(names(root)).containsExactlyInAnyOrder("data", "index", "keys", "locks", "snapshots");
        assertThat(names(root.resolve("data"))).hasSize(256).contains("00", "0f", "a0", "ff");
        assertThat(mode("")).isEqualTo("rwx------");
        assertThat(mode("data/7f")).isEqualTo("rwx------");
    }

    @Test
    void objects_lie_where_restic_looks_for_them_and_are_read_only() throws IOException {
        ObjectKey pack = store(ObjectType.PACK, "abc");
        assertThat(pack.path()).isEqualTo("data/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(mode(pack.path())).isEqualTo("r--------");
        assertThat(mode(store(ObjectType.KEY, "abc").path())).isEqualTo("r--------");
        assertThat(mode(store(ObjectType.CONFIG, "abc").path())).isEqualTo("r--------");
        assertThat(Files.readString(root.resolve("config"))).isEqualTo("abc");
    }

    @Test
    void a_config_the_group_may_read_shares_everything_new_with_the_group() throws IOException {
        store(ObjectType.CONFIG, "c");
        Files.setPosixFilePermissions(root.resolve("config"), PosixFilePermissions.fromString("r--r-----"));
        Files.delete(root.resolve("locks"));
        storage = new LocalStorage(root);
        assertThat(mode(store(ObjectType.PACK, "abc").path())).isEqualTo("r--r-----");
        store(ObjectType.LOCK, "l");
        assertThat(mode("locks")).startsWith("rwxr").endsWith("---"); // group write is for the umask to decide
    }

    @Test
    void folders_that_are_missing_are_made_when_needed() throws IOException {
        Files.delete(root.resolve("data/ba"));
        Files.delete(root.resolve("index"));
        assertThat(listed(ObjectType.INDEX)).isEmpty();
        ObjectKey pack = store(ObjectType.PACK, "abc");
        ObjectKey index = store(ObjectType.INDEX, "abc");
        assertThat(listed(ObjectType.PACK)).containsExactly(pack);
        assertThat(listed(ObjectType.INDEX)).containsExactly(index);
    }

    @Test
    void recovery_points_have_a_folder_only_once_there_is_one() {
        assertThat(listed(ObjectType.POINT)).isEmpty();
        assertThat(root.resolve("reprise")).doesNotExist();
        ObjectKey point = store(ObjectType.POINT, "p");
        assertThat(listed(ObjectType.POINT)).containsExactly(point);
        assertThat(root.resolve("reprise/points").resolve(point.name())).isRegularFile();
    }

    /// An unmounted disk must look neither empty nor writable.
    @Test
    void a_repository_that_is_gone_is_not_an_empty_one() throws IOException {
        Files.move(root, folder.resolve("unmounted"));
        for (ObjectType type : List.of(ObjectType.PACK, ObjectType.INDEX, ObjectType.POINT)) {
            assertThat(failure(() -> listed(type)).kind()).as("%s", type).isEqualTo(Kind.NOT_FOUND);
        }
        StorageException failure = failure(() -> store(ObjectType.SNAPSHOT, "s"));
        assertThat(failure.kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure.hint()).contains("mounted");
        assertThat(failure(() -> store(ObjectType.POINT, "p")).kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(root).doesNotExist();
        assertThat(storage.size(ObjectKey.CONFIG)).isEqualTo(-1);
    }

    @Test
    void stray_files_are_passed_over() throws IOException {
        ObjectKey pack = store(ObjectType.PACK, "abc");
        ObjectKey snapshot = store(ObjectType.SNAPSHOT, "abc");
        String name = pack.name();
        Files.writeString(root.resolve("data/draft-tmp-0123456789abcdef"), "left over");
        Files.writeString(root.resolve("data/" + name), "not in its folder");
        Files.writeString(root.resolve("data/00/" + name), "in the wrong folder");
        Files.writeString(root.resolve("data/ba/" + name + "-tmp-1"), "left over");
        Files.writeString(root.resolve("data/ba/" + name.toUpperCase(Locale.ROOT)), "upper case");
        Files.createDirectory(root.resolve("data/lost+found"));
        Files.createDirectory(root.resolve("data/ba/" + "ba".repeat(32)));
        Files.writeString(root.resolve("data/xy"), "no folder");
        Files.createSymbolicLink(root.resolve("data/ba/ba" + "bb".repeat(31)), Path.of("nowhere"));
        Files.writeString(root.resolve("snapshots/.nfs0001"), "stray");
        Files.createDirectory(root.resolve("snapshots/" + "cc".repeat(32)));
        assertThat(listed(ObjectType.PACK)).containsExactly(pack);
        assertThat(listed(ObjectType.SNAPSHOT)).containsExactly(snapshot);
    }

    @Test
    void a_folder_may_be_a_link_to_another_disk() throws IOException {
        Path other = folder.resolve("other");
        Files.move(root.resolve("data"), other);
        Files.createSymbolicLink(root.resolve("data"), other);
        ObjectKey pack = store(ObjectType.PACK, "abc");
        assertThat(listed(ObjectType.PACK)).containsExactly(pack);
        assertThat(storage.readAll(pack)).asString(StandardCharsets.UTF_8).isEqualTo("abc");
    }

    /// What a power loss before the commit leaves behind.
    @Test
    void an_unfinished_draft_lies_under_a_name_readers_ignore() throws IOException {
        for (ObjectType type : ObjectType.values()) {
            var draft = storage.draft(type);
            draft.append(new byte[100], 0, 100);
            Path place = type == ObjectType.CONFIG ? root : root.resolve(type.folder());
            List<String> left = unfinished(place);
            assertThat(left).hasSize(1);
            assertThat(left.getFirst()).matches("draft-tmp-[0-9a-f]{16}");
            assertThat(place.resolve(left.getFirst())).hasSize(100);
            assertThat(listed(type)).as("%s", type).isEmpty();
            draft.close();
            assertThat(unfinished(place)).isEmpty();
        }
    }

    private static List<String> unfinished(Path place) throws IOException {
        return names(place).stream().filter(name -> name.contains("tmp")).toList();
    }

    @Test
    void a_file_that_changed_behind_our_back_is_not_committed() throws IOException {
        Path index = root.resolve("index");
        try (var draft = storage.draft(ObjectType.INDEX)) {
            draft.append(new byte[100], 0, 100);
            Path unfinished = index.resolve(names(index).getFirst());
            try (var channel = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                channel.truncate(99);
            }
            String name = ObjectId.hash(new byte[100]).hex();
            StorageException failure = failure(() -> draft.commit(name));
            assertThat(failure.fact()).contains("wrote 100 bytes, but the file has 99");
        }
        assertThat(names(index)).isEmpty();
    }

    @Test
    void a_file_that_shrinks_while_it_is_read_is_too_short() {
        ObjectKey pack = store(ObjectType.PACK, "x".repeat(1000));
        StorageException failure = failure(() -> storage.read(pack, 0, 1000, body -> {
            assertThat(body.readNBytes(10)).hasSize(10);
            Path file = root.resolve(pack.path());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(500);
            }
            return body.readAllBytes();
        }));
        assertThat(failure.kind()).isEqualTo(Kind.RANGE_TOO_SHORT);
        assertThat(failure.fact()).contains("has 500 bytes, but bytes 0 to 1000 were asked for");
    }

    @Test
    void a_folder_in_place_of_an_object_is_named() throws IOException {
        Files.createDirectory(root.resolve("config"));
        assertThat(failure(() -> storage.size(ObjectKey.CONFIG)).fact()).contains("config", "not a regular file");
    }

    @Test
    void a_file_in_place_of_the_repository_is_named() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        StorageException failure = failure(() -> new LocalStorage(file).create());
        assertThat(failure.fact()).contains("local:" + file);
    }

    /// Nobody can create files in sysfs, not even root.
    @Test
    void a_place_that_denies_access_is_told_from_one_that_is_missing() {
        StorageException failure = failure(() -> new LocalStorage(Path.of("/sys/reprise")).create());
        assertThat(failure.kind()).isEqualTo(Kind.DENIED);
        assertThat(failure.retryable()).isFalse();
        assertThat(failure.hint()).contains("owns the repository");
    }

    /// The device answers every write with the real error of a full disk.
    @Test
    void a_full_disk_is_recognised() throws IOException {
        try (var full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> full.write(ByteBuffer.allocate(10)))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            e -> assertThat(new LocalFailures("local:/srv").translate("store data", e, 10))
                                    .isInstanceOfSatisfying(StorageException.class, failure -> {
                                        assertThat(failure.kind()).isEqualTo(Kind.FULL);
                                        assertThat(failure.retryable()).isFalse();
                                        assertThat(failure.fact()).contains("store data (10 bytes) at local:/srv");
                                        assertThat(failure.hint()).contains("free space there");
                                    }));
        }
    }

    @Test
    void an_interrupted_thread_is_cancelled_and_stays_interrupted() {
        ObjectKey pack = store(ObjectType.PACK, "abc");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> storage.readAll(pack)).isInstanceOf(CancelledException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(storage.readAll(pack)).hasSize(3);
    }

    @Test
    void the_location_is_absolute_and_in_restic_syntax() {
        assertThat(storage.location()).isEqualTo("local:" + root);
        assertThat(new LocalStorage(Path.of("x/../y")).location())
                .startsWith("local:/")
                .endsWith("/y");
    }
}
