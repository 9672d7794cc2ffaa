package dev.reprise.operations.restore;

import static dev.reprise.operations.restore.SampleRepository.dir;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.memory.MemoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Damage in the repository: exactly what depends on it fails, and is named.
class RestoreDamageTest {
    @TempDir
    Path temporary;

    private Path target;
    private final MemoryStorage storage = new MemoryStorage();
    private SampleRepository sample;
    private ObjectId inner;
    private ObjectId tree;

    @BeforeEach
    void create() {
        target = temporary.resolve("target");
        sample = new SampleRepository(storage);
        inner = sample.tree(sample.file("deep.txt", "deep"));
        tree = sample.tree(
                dir("a", inner),
                sample.file("whole", "good"),
                sample.file("parts", "begin", "middle", "end"),
                sample.file("shares", "middle"),
                sample.file("empty"));
        sample.finish();
    }

    @AfterEach
    void close() {
        sample.close();
    }

    private RestoreResult restore() {
        return new FilesRestore(sample.repository, sample.index, RestoreListener.SILENT)
                .run(Requests.verifying(Requests.into(target, tree)));
    }

    private static void flip(MemoryStorage storage, ObjectKey key, long position) {
        byte[] content = storage.readAll(key);
        content[Math.toIntExact(position)] ^= 1;
        storage.delete(key);
        storage.write(key, content);
    }

    private void damage(BlobHandle blob) {
        BlobLocation location = sample.index.find(blob).getFirst();
        flip(storage, ObjectKey.of(ObjectType.PACK, location.pack()), location.offset() + 20);
    }

    private static BlobHandle data(String text) {
        return BlobHandle.data(ObjectId.hash(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    private static List<String> paths(RestoreResult result) {
        return result.failures().stream()
                .map(RestoreEvent.Failed::path)
                .sorted()
                .toList();
    }

    @Test
    void a_damaged_data_blob_fails_the_files_that_use_it_and_no_other() throws IOException {
        damage(data("middle"));

        RestoreResult result = restore();

        assertThat(paths(result)).containsExactly("/parts", "/shares");
        assertThat(result.failures())
                .allSatisfy(failure -> assertThat(failure.reason())
                        .contains(data("middle").id().hex()));
        assertThat(result.failed()).isEqualTo(2);
        assertThat(Files.readString(target.resolve("whole"))).isEqualTo("good");
        assertThat(Files.readString(target.resolve("a/deep.txt"))).isEqualTo("deep");
        assertThat(result.verified()).isEqualTo(3);
    }

    @Test
    void what_is_left_of_a_damaged_file_is_kept_and_does_not_look_whole() throws IOException {
        damage(data("middle"));

        restore();

        assertThat(Files.readAllBytes(target.resolve("parts")))
                .isEqualTo("begin\0\0\0\0\0\0end".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(Files.getLastModifiedTime(target.resolve("parts"))
                        .toInstant()
                        .getEpochSecond())
                .isGreaterThan(SampleRepository.MTIME);
        assertThat(Files.getPosixFilePermissions(target.resolve("parts"))).hasSize(2);
    }

    @Test
    void a_damaged_last_chunk_leaves_a_shorter_file() throws IOException {
        damage(data("end"));

        assertThat(paths(restore())).containsExactly("/parts");

        assertThat(Files.readString(target.resolve("parts"))).isEqualTo("beginmiddle");
    }

    @Test
    void a_damaged_tree_fails_its_directory_and_no_other() throws IOException {
        damage(BlobHandle.tree(inner));

        RestoreResult result = restore();

        assertThat(paths(result)).containsExactly("/a");
        assertThat(result.failures().getFirst().reason()).contains(inner.hex());
        assertThat(target.resolve("a")).isEmptyDirectory();
        assertThat(Files.readString(target.resolve("parts"))).isEqualTo("beginmiddleend");
    }

    @Test
    void nothing_is_deleted_where_the_tree_is_damaged() throws IOException {
        damage(BlobHandle.tree(inner));
        Files.createDirectories(target.resolve("a"));
        Files.writeString(target.resolve("a/local"), "mine");

        new FilesRestore(sample.repository, sample.index, RestoreListener.SILENT)
                .run(Requests.deleting(Requests.into(target, tree)));

        assertThat(target.resolve("a/local")).exists();
    }

    @Test
    void a_missing_pack_fails_every_file_in_it_and_the_rest_is_restored() throws IOException {
        ObjectId pack = sample.index.find(data("good")).getFirst().pack();
        storage.delete(ObjectKey.of(ObjectType.PACK, pack));

        RestoreResult result = restore();

        assertThat(paths(result)).containsExactly("/a/deep.txt", "/parts", "/shares", "/whole");
        assertThat(target.resolve("empty")).isEmptyFile();
    }

    @Test
    void a_blob_that_no_index_names_is_named_and_its_neighbours_are_placed() throws IOException {
        ObjectId unknown = ObjectId.hash(new byte[] {9, 9, 9});
        ObjectId begin = sample.data("begin");
        ObjectId end = sample.data("end");
        tree = sample.tree(SampleRepository.file("f", 14, List.of(begin, unknown, end)), sample.file("g", "good"));
        sample.finish();

        RestoreResult result = restore();

        assertThat(paths(result)).containsExactly("/f");
        assertThat(result.failures().getFirst().reason()).contains(unknown.hex());
        assertThat(Files.readAllBytes(target.resolve("f")))
                .isEqualTo("begin\0\0\0\0\0\0end".getBytes(java.nio.charset.StandardCharsets.UTF_8));
        assertThat(Files.readString(target.resolve("g"))).isEqualTo("good");
    }

    @Test
    void after_the_damage_is_healed_running_again_completes_the_file() throws IOException {
        BlobLocation location = sample.index.find(data("middle")).getFirst();
        ObjectKey pack = ObjectKey.of(ObjectType.PACK, location.pack());
        flip(storage, pack, location.offset() + 20);
        assertThat(restore().failed()).isEqualTo(2);
        flip(storage, pack, location.offset() + 20);

        RestoreResult result = restore();

        assertThat(result.failures()).isEmpty();
        assertThat(Files.readString(target.resolve("parts"))).isEqualTo("beginmiddleend");
        assertThat(Files.readString(target.resolve("shares"))).isEqualTo("middle");
    }

    @Test
    void every_damaged_byte_of_every_blob_fails_exactly_the_files_that_use_it() {
        for (String chunk : List.of("deep", "good", "begin", "middle", "end")) {
            BlobLocation location = sample.index.find(data(chunk)).getFirst();
            ObjectKey pack = ObjectKey.of(ObjectType.PACK, location.pack());
            List<String> users = switch (chunk) {
                case "deep" -> List.of("/a/deep.txt");
                case "good" -> List.of("/whole");
                case "middle" -> List.of("/parts", "/shares");
                default -> List.of("/parts");
            };
            for (int i = 0; i < location.length(); i += 5) {
                target = temporary.resolve(chunk + i);
                flip(storage, pack, location.offset() + i);
                assertThat(paths(restore())).as("byte %d of \"%s\"", i, chunk).isEqualTo(users);
                flip(storage, pack, location.offset() + i);
            }
        }
    }
}
