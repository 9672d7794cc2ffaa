package dev.reprise.operations.backup;

import static dev.reprise.operations.backup.Bench.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.base.ExitStatus;
import dev.reprise.base.ObjectId;
import dev.reprise.operations.OperationException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesBackupTest {
    @TempDir
    Path folder;

    private Bench bench = new Bench();

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(folder.toRealPath().resolve("data"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void every_file_comes_back_byte_for_byte() throws IOException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        var expected = new TreeMap<String, byte[]>();
        for (int i = 0; i < 200; i++) {
            Path file = folder.resolve("d" + random.nextInt(9))
                    .resolve("e" + random.nextInt(4))
                    .resolve("f" + i);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            byte[] content = new byte[i % 40 == 0 ? random.nextInt(3 << 20) : random.nextInt(3000)];
            random.nextBytes(content);
            Files.write(file, content);
            expected.put("/" + folder.relativize(file), content);
        }

        SavedTree saved = bench.backup(in(folder).request());

        var all = bench.all(saved);
        expected.forEach((path, content) -> assertThat(bench.content(Objects.requireNonNull(all.get(path))))
                .as("seed %d, %s", seed, path)
                .isEqualTo(content));
        long files =
                all.values().stream().filter(n -> n.type() == NodeType.FILE).count();
        assertThat(files).isEqualTo(200);
        assertThat(saved.counts().filesNew()).isEqualTo(200);
        assertThat(saved.counts().totalFiles()).isEqualTo(200);
        assertThat(saved.counts().totalBytes())
                .isEqualTo(expected.values().stream().mapToLong(c -> c.length).sum());
        assertThat(saved.counts().dirsNew()).isEqualTo(all.size() - 200L);
        assertThat(saved.unreadable()).isZero();
    }

    @Test
    void a_regular_file_has_all_its_metadata() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "12345");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        setTimes(file, Instant.parse("2024-07-01T12:00:00.123456789Z"), Instant.parse("2024-01-01T00:00:00Z"));

        Node node = bench.node(bench.backup(in(folder).request()), "/f");

        assertThat(node.type()).isEqualTo(NodeType.FILE);
        assertThat(node.mode()).isEqualTo(0640);
        assertThat(node.size()).isEqualTo(5);
        assertThat(node.mtime()).isEqualTo(new NodeTime(1719835200, 123456789, 7200));
        assertThat(node.atime()).isEqualTo(node.mtime());
        assertThat(node.links()).isEqualTo(1);
        assertThat(node.inode()).isEqualTo(attribute(file, "ino"));
        assertThat(node.deviceId()).isEqualTo(attribute(file, "dev"));
        assertThat(node.uid()).isEqualTo(attribute(file, "uid"));
        assertThat(node.gid()).isEqualTo(attribute(file, "gid"));
        assertThat(node.user()).isEqualTo(Files.getOwner(file).getName());
        assertThat(Instant.ofEpochSecond(
                        node.ctime().epochSecond(), node.ctime().nano()))
                .isEqualTo(((FileTime) Files.getAttribute(file, "unix:ctime")).toInstant());
        assertThat(node.subtree()).isNull();
        assertThat(node.linkTarget()).isNull();
        assertThat(bench.content(node)).isEqualTo("12345".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void access_times_are_kept_only_when_asked_for() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "x");
        setTimes(file, Instant.parse("2024-07-01T12:00:00Z"), Instant.parse("2024-01-01T00:00:00Z"));
        Node node = bench.node(bench.backup(in(folder).withAtime().request()), "/f");
        assertThat(node.atime()).isEqualTo(new NodeTime(1704067200, 0, 3600));
    }

    @Test
    void the_offset_is_the_one_of_the_zone_at_that_instant() throws IOException {
        Path winter = Files.writeString(folder.resolve("winter"), "x");
        Path ancient = Files.writeString(folder.resolve("ancient"), "x");
        setTimes(winter, Instant.parse("2024-01-15T12:00:00Z"), Instant.EPOCH);
        setTimes(ancient, Instant.parse("1969-12-31T23:59:59Z"), Instant.EPOCH);
        SavedTree saved = bench.backup(in(folder).request());
        assertThat(bench.node(saved, "/winter").mtime()).isEqualTo(new NodeTime(1705320000, 0, 3600));
        assertThat(bench.node(saved, "/ancient").mtime()).isEqualTo(new NodeTime(-1, 0, 3600));
    }

    @Test
    void an_empty_file_has_an_empty_list_of_content() throws IOException {
        Files.createFile(folder.resolve("empty"));
        Node node = bench.node(bench.backup(in(folder).request()), "/empty");
        assertThat(node.content()).isEmpty();
        assertThat(node.size()).isZero();
        assertThat(bench.added.dataBlobs()).isZero();
    }

    @Test
    void an_empty_directory_is_the_tree_without_nodes() throws IOException {
        Files.createDirectory(folder.resolve("d"));
        Node node = bench.node(bench.backup(in(folder).request()), "/d");
        assertThat(node.type()).isEqualTo(NodeType.DIR);
        assertThat(Objects.requireNonNull(node.subtree()).hex())
                .isEqualTo("ac08ce34ba4f8123618661bef2425f7028ffb9ac740578a3ee88684d2523fee8");
        assertThat(node.content()).isNull();
        assertThat(node.links()).isZero();
        assertThat(node.size()).isZero();
    }

    @Test
    void a_symbolic_link_is_saved_and_not_followed() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), Path.of("no/such/<place>"));
        Node node = bench.node(bench.backup(in(folder).request()), "/link");
        assertThat(node.type()).isEqualTo(NodeType.SYMLINK);
        assertThat(node.linkTarget()).hasToString("no/such/<place>");
        assertThat(node.links()).isEqualTo(1);
        assertThat(node.size()).isZero();
        assertThat(node.content()).isNull();
        assertThat(node.mode()).isEqualTo(134218239);
    }

    @Test
    void hard_links_are_two_whole_files_with_one_inode() throws IOException {
        Path first = Files.writeString(folder.resolve("a"), "shared");
        Files.createLink(folder.resolve("b"), first);
        SavedTree saved = bench.backup(in(folder).request());
        Node a = bench.node(saved, "/a");
        Node b = bench.node(saved, "/b");
        assertThat(a.links()).isEqualTo(2);
        assertThat(b.inode()).isEqualTo(a.inode());
        assertThat(b.content()).isEqualTo(a.content());
        assertThat(bench.added.dataBlobs()).isEqualTo(1);
    }

    @Test
    void a_fifo_is_saved_without_being_opened() throws Exception {
        execute("mkfifo", folder.resolve("pipe").toString());
        Node node = bench.node(bench.backup(in(folder).request()), "/pipe");
        assertThat(node.type()).isEqualTo(NodeType.FIFO);
        assertThat(node.links()).isZero();
        assertThat(node.content()).isNull();
        assertThat(bench.unreadable()).isEmpty();
    }

    @Test
    void device_nodes_keep_their_numbers() throws Exception {
        assumeTrue(attribute(Path.of("/proc/self"), "uid") == 0, "only root can make device nodes");
        execute("mknod", "-m", "644", folder.resolve("null").toString(), "c", "1", "3");
        execute("mknod", "-m", "640", folder.resolve("loop").toString(), "b", "7", "0");
        SavedTree saved = bench.backup(in(folder).request());
        Node character = bench.node(saved, "/null");
        assertThat(character.type()).isEqualTo(NodeType.CHARDEV);
        assertThat(character.device()).isEqualTo(259);
        assertThat(character.links()).isEqualTo(1);
        assertThat(character.mode()).isEqualTo(69206436);
        Node block = bench.node(saved, "/loop");
        assertThat(block.type()).isEqualTo(NodeType.DEV);
        assertThat(block.device()).isEqualTo(1792);
        assertThat(block.mode()).isEqualTo(67109280);
    }

    @Test
    void a_socket_is_left_out_in_silence() throws IOException {
        try (var server = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            server.bind(java.net.UnixDomainSocketAddress.of(folder.resolve("socket")));
            Files.writeString(folder.resolve("f"), "x");
            SavedTree saved = bench.backup(in(folder).request());
            assertThat(bench.all(saved)).containsOnlyKeys("/f");
            assertThat(saved.unreadable()).isZero();
        }
    }

    @Test
    void extended_attributes_of_files_and_directories_are_kept() throws IOException {
        Path file = Files.writeString(folder.resolve("f"), "x");
        Path directory = Files.createDirectory(folder.resolve("d"));
        byte[] large = new byte[3000];
        new Random(1).nextBytes(large);
        setAttribute(file, "large", large);
        setAttribute(file, "empty", new byte[0]);
        setAttribute(directory, "of-dir", new byte[] {1});
        SavedTree saved = bench.backup(in(folder).request());
        assertThat(bench.node(saved, "/f").extendedAttributes())
                .containsExactlyInAnyOrder(
                        new Node.ExtendedAttribute("user.large", large),
                        new Node.ExtendedAttribute("user.empty", new byte[0]));
        assertThat(bench.node(saved, "/d").extendedAttributes())
                .containsExactly(new Node.ExtendedAttribute("user.of-dir", new byte[] {1}));
    }

    @Test
    void names_that_are_not_utf_8_are_kept_byte_for_byte() throws Exception {
        execute("sh", "-c", "printf x > \"$(printf '%s/bad-\\377\\376' \"$0\")\"", folder.toString());
        SavedTree saved = bench.backup(in(folder).request());
        byte[] expected = {'b', 'a', 'd', '-', (byte) 0xff, (byte) 0xfe};
        assertThat(bench.nodes(saved.tree()))
                .singleElement()
                .satisfies(node -> assertThat(node.name().bytes()).isEqualTo(expected));
    }

    @Test
    void a_huge_file_has_the_same_chunks_with_one_worker_and_with_many() throws IOException {
        var random = new Random(42);
        byte[] content = new byte[18 << 20];
        random.nextBytes(content);
        java.util.Arrays.fill(content, 9 << 20, 12 << 20, (byte) 0);
        Files.write(folder.resolve("huge"), content);

        Node one = bench.node(bench.backup(in(folder).workers(1).request()), "/huge");
        Node many;
        try (var other = new Bench()) {
            many = other.node(other.backup(in(folder).workers(8).request()), "/huge");
            assertThat(ObjectId.hash(other.content(many))).isEqualTo(ObjectId.hash(content));
        }

        List<ObjectId> expected = Sequential.chunks(bench.repository.chunker(), content);
        assertThat(expected).hasSizeGreaterThan(10);
        assertThat(one.content()).isEqualTo(expected);
        assertThat(many.content()).isEqualTo(expected);
    }

    @Test
    void equal_files_are_stored_once() throws IOException {
        for (int i = 0; i < 50; i++) {
            Files.writeString(folder.resolve("copy-" + i), "the same");
        }
        bench.backup(in(folder).workers(4).request());
        assertThat(bench.added.dataBlobs()).isEqualTo(1);
    }

    @Test
    void a_deep_tree_needs_no_deep_stack_and_few_open_files() throws IOException {
        Path deepest = folder;
        for (int i = 0; i < 400; i++) {
            deepest = deepest.resolve("d");
        }
        Files.createDirectories(deepest);
        Files.writeString(deepest.resolve("f"), "x");
        var files = new WatchedTree();
        SavedTree saved = bench.backup(in(folder).request(), files);
        assertThat(saved.counts().dirsNew()).isEqualTo(400);
        assertThat(files.handlesOpen()).isZero();
    }

    @Test
    void nothing_stays_open_and_no_thread_remains() throws IOException {
        for (int i = 0; i < 100; i++) {
            Path sub = Files.createDirectories(folder.resolve("d" + i % 7).resolve("e" + i % 3));
            Files.write(sub.resolve("f" + i), new byte[i * 20_000]);
        }
        var files = new WatchedTree();
        bench.backup(in(folder).workers(4).request(), files);
        assertThat(files.handlesOpen()).isZero();
        assertThat(Threads.ofBackup()).isEmpty();
    }

    @Test
    void events_tell_what_became_of_each_item() throws IOException {
        Path sub = Files.createDirectory(folder.resolve("sub"));
        Files.writeString(sub.resolve("f"), "12345");
        SavedTree first = bench.backup(in(folder).request());
        assertThat(bench.events(BackupEvent.Started.class)).containsExactly(new BackupEvent.Started("/sub/f"));
        assertThat(bench.events(BackupEvent.ItemDone.class))
                .extracting(e -> e.path() + " " + e.directory() + " " + e.action() + " " + e.dataSize())
                .containsExactly("/sub/f false new 5", "/sub true new 0");
        assertThat(bench.events(BackupEvent.ItemDone.class).getLast().metadataSize())
                .isPositive();
        assertThat(bench.events(BackupEvent.Scanned.class)).last().isEqualTo(new BackupEvent.Scanned(1, 1, 5, true));
        assertThat(bench.events(BackupEvent.Progress.class)).last().isEqualTo(new BackupEvent.Progress(1, 5));

        bench.backup(in(folder).since(first).request());
        assertThat(bench.events(BackupEvent.Started.class)).isEmpty();
        assertThat(bench.events(BackupEvent.ItemDone.class))
                .extracting(e -> e.path() + " " + e.action() + " " + e.dataSize() + " " + e.metadataSize())
                .containsExactly("/sub/f unchanged 0 0", "/sub unchanged 0 0");
    }

    @Test
    void without_any_existing_target_there_is_no_run() {
        assertThatThrownBy(() -> bench.backup(in(folder).targets("no", "such").request()))
                .isInstanceOfSatisfying(OperationException.class, e -> {
                    assertThat(e.exitStatus()).isEqualTo(ExitStatus.FAILED);
                    assertThat(e.fact()).isEqualTo("none of the paths to save exists");
                });
        assertThat(bench.unreadable())
                .containsExactly(
                        folder.resolve("no") + ": does not exist", folder.resolve("such") + ": does not exist");
    }

    @Test
    void an_empty_folder_is_no_snapshot() {
        assertThatThrownBy(() -> bench.backup(in(folder).request()))
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("snapshot is empty");
    }

    private static long attribute(Path path, String name) throws IOException {
        return ((Number) Files.getAttribute(path, "unix:" + name, LinkOption.NOFOLLOW_LINKS)).longValue();
    }

    private static void setTimes(Path file, Instant modified, Instant accessed) throws IOException {
        Files.getFileAttributeView(file, BasicFileAttributeView.class)
                .setTimes(FileTime.from(modified), FileTime.from(accessed), null);
    }

    private static void setAttribute(Path path, String name, byte[] value) throws IOException {
        var view = Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
        assumeTrue(view != null, "no extended attributes here");
        view.write(name, ByteBuffer.wrap(value));
    }

    private static void execute(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
    }
}
