package dev.reprise.mount.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.base.RawName;
import dev.reprise.embedded.DebianTools;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A tree of a few nodes, seen through the kernel.
@Timeout(120)
class FuseMountTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int KNOWN = 50;
    private static final int FORCE = 1;
    private static final MountOptions OPTIONS = new MountOptions("test:name", false, false);

    @TempDir
    private Path point;

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final byte[] large = new byte[1_000_003];
    private @Nullable FuseMount mount;
    private @Nullable FuseServer server;

    @BeforeEach
    void needDevice() {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "this machine has no /dev/fuse");
        assumeTrue(LibC.effectiveUser() == 0, "mounting without fusermount3 needs root");
        new Random(7).nextBytes(large);
    }

    @AfterEach
    void unmount() throws InterruptedException {
        if (mount != null && !mount.unmount().isEmpty()) {
            mount.detach();
        }
        if (server != null) {
            server.join(PATIENCE);
        }
    }

    private void serve(FuseNode.Directory root) {
        serve(FuseMount.direct(point, OPTIONS), root);
    }

    private void serve(FuseMount mounted, FuseNode.Directory root) {
        mount = mounted;
        server = FuseServer.start(mounted, root, KNOWN, failure -> failures.add(String.valueOf(failure.getMessage())));
    }

    private FuseMount mount() {
        return Objects.requireNonNull(mount);
    }

    private FuseServer server() {
        return Objects.requireNonNull(server);
    }

    private static MemoryTree.Folder folder() {
        return new MemoryTree.Folder(1);
    }

    @Test
    void attributes_are_those_of_the_node() throws IOException {
        serve(folder().with("file", new MemoryTree.File(77, new byte[1025])));
        Map<String, Object> seen = Files.readAttributes(point.resolve("file"), "unix:*");
        assertThat(seen)
                .containsEntry("ino", 77L)
                .containsEntry("mode", 0100640)
                .containsEntry("uid", 12)
                .containsEntry("gid", 34)
                .containsEntry("nlink", 1)
                .containsEntry("size", 1025L);
        assertThat(seen.get("lastModifiedTime")).hasToString("1969-12-31T23:59:59.000000005Z");
        assertThat(seen.get("lastAccessTime")).hasToString("2023-11-14T22:13:20.123456789Z");
    }

    @Test
    void a_machine_that_writes_other_digits_can_mount_too() throws IOException {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            serve(folder().with("file", new MemoryTree.File(2, new byte[] {7})));
        } finally {
            Locale.setDefault(before);
        }
        assertThat(Files.readAllBytes(point.resolve("file"))).containsExactly(7);
    }

    @Test
    void any_range_of_a_large_file_can_be_read() throws IOException {
        serve(folder().with("large", new MemoryTree.File(2, large)));
        assertThat(Files.readAllBytes(point.resolve("large"))).isEqualTo(large);
        var random = new Random(8);
        try (var file = new RandomAccessFile(point.resolve("large").toFile(), "r")) {
            for (int i = 0; i < 50; i++) {
                int from = random.nextInt(large.length);
                byte[] part = new byte[Math.min(1 + random.nextInt(300_000), large.length - from)];
                file.seek(from);
                file.readFully(part);
                assertThat(part).isEqualTo(Arrays.copyOfRange(large, from, from + part.length));
            }
            file.seek(large.length);
            assertThat(file.read()).isEqualTo(-1);
        }
    }

    @Test
    void a_file_shorter_than_it_says_ends_where_its_bytes_end() throws IOException {
        serve(folder().with("short", new MemoryTree.File(2, new byte[] {1, 2, 3}, 5000)));
        assertThat(Files.readAllBytes(point.resolve("short"))).containsExactly(1, 2, 3);
    }

    @Test
    void names_and_targets_are_bytes() throws Exception {
        RawName name = RawName.of(new byte[] {'l', (byte) 0xff, 'x'});
        serve(folder().with(name, new MemoryTree.File(2, new byte[] {'h', 'i'}))
                .with("link", new MemoryTree.Link(3, name)));
        var shell = new ProcessBuilder("sh", "-c", "cat link && LC_ALL=C ls && readlink -n link")
                .directory(point.toFile())
                .redirectErrorStream(true)
                .start();
        byte[] said = shell.getInputStream().readAllBytes();
        assertThat(shell.waitFor()).isZero();
        assertThat(new String(said, StandardCharsets.ISO_8859_1)).isEqualTo("hilink\nl\u00ffx\nl\u00ffx");
    }

    @Test
    void extended_attributes_are_listed_and_read() throws IOException {
        serve(folder().with("file", new MemoryTree.File(2, new byte[3])));
        var view = Files.getFileAttributeView(point.resolve("file"), UserDefinedFileAttributeView.class);
        assertThat(view.list()).containsExactlyInAnyOrder("a", "empty");
        ByteBuffer value = ByteBuffer.allocate(view.size("a"));
        view.read("a", value);
        assertThat(value.array()).containsExactly(1, 0, 2);
        assertThat(view.size("empty")).isZero();
        assertThatThrownBy(() -> view.size("none")).isInstanceOf(FileSystemException.class);
    }

    @Test
    void a_device_has_its_number() throws IOException {
        serve(folder().with("device", new MemoryTree.Device(2, 5L << 8 | 3L | 0x12L << 20)));
        Object number = Files.getAttribute(point.resolve("device"), "unix:rdev");
        assertThat(number).isEqualTo(5L << 8 | 3L | 0x12L << 20);
    }

    @Test
    void nothing_can_be_written() throws IOException {
        serve(folder().with("file", new MemoryTree.File(2, new byte[3])));
        assertThatThrownBy(() -> Files.write(point.resolve("file"), new byte[1]))
                .hasMessageContaining("Read-only file system");
        assertThatThrownBy(() -> Files.createFile(point.resolve("new"))).hasMessageContaining("Read-only file system");
        assertThatThrownBy(() -> Files.delete(point.resolve("file"))).hasMessageContaining("Read-only file system");
    }

    @Test
    void a_failure_is_an_input_error_and_told_of() throws IOException {
        serve(folder().with("broken", new MemoryTree.Broken(2)).with("good", new MemoryTree.File(3, new byte[] {9})));
        assertThatThrownBy(() -> Files.readAllBytes(point.resolve("broken")))
                .hasMessageContaining("Input/output error");
        Awaitility.await() // whoever asked is answered first
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(failures).containsExactly("broken on purpose"));
        assertThat(Files.readAllBytes(point.resolve("good"))).containsExactly(9);
    }

    @Test
    void a_large_directory_is_listed_once_each_and_the_kernel_is_asked_to_forget() throws IOException {
        var many = new MemoryTree.Folder(2);
        for (int i = 0; i < 700; i++) {
            many.with("a-name-of-some-length-" + i, new MemoryTree.File(1000 + i, new byte[i]));
        }
        serve(folder().with("many", many));
        Path directory = point.resolve("many");
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> found = files.toList();
            assertThat(found).hasSize(700).doesNotHaveDuplicates();
        }
        for (int i = 0; i < 700; i++) {
            assertThat(Files.size(directory.resolve("a-name-of-some-length-" + i)))
                    .isEqualTo(i);
        }
        Awaitility.await().atMost(PATIENCE).until(() -> server().known() <= KNOWN + 2);
        assertThat(Files.size(directory.resolve("a-name-of-some-length-5"))).isEqualTo(5);
    }

    @Test
    void a_file_that_was_forgotten_can_be_read_on() throws IOException {
        var many = new MemoryTree.Folder(2).with("large", new MemoryTree.File(3, large));
        for (int i = 0; i < 300; i++) {
            many.with("other-" + i, new MemoryTree.File(1000 + i, new byte[i]));
        }
        serve(folder().with("many", many));
        try (var file = new RandomAccessFile(point.resolve("many/large").toFile(), "r")) {
            for (int i = 0; i < 300; i++) {
                assertThat(Files.exists(point.resolve("many/other-" + i), LinkOption.NOFOLLOW_LINKS))
                        .isTrue();
            }
            Awaitility.await().atMost(PATIENCE).until(() -> server().known() <= KNOWN + 4);
            byte[] all = new byte[large.length];
            file.readFully(all);
            assertThat(all).isEqualTo(large);
        }
    }

    @Test
    void unmounting_ends_the_server() throws Exception {
        serve(folder());
        assertThat(mount().unmount()).isEmpty();
        assertThat(server().join(PATIENCE)).isTrue();
        assertThat(server().isUnmounted()).isTrue();
        assertThat(server().failure()).isEmpty();
        assertThat(point).isEmptyDirectory();
        mount = null;
    }

    @Test
    void a_mount_in_use_is_busy_and_can_be_detached() throws Exception {
        serve(folder().with("file", new MemoryTree.File(2, large)));
        try (var _ = new RandomAccessFile(point.resolve("file").toFile(), "r")) {
            assertThat(mount().unmount()).isEqualTo("device or resource busy");
            mount().detach();
            assertThat(point.resolve("file")).doesNotExist();
        }
        assertThat(server().join(PATIENCE)).isTrue();
        mount = null;
    }

    @Test
    void the_helper_mounts_and_unmounts_too() throws Exception {
        String helper = DebianTools.find("fusermount3").file().toString();
        serve(FuseMount.helped(helper, point, OPTIONS), folder().with("file", new MemoryTree.File(2, large)));
        assertThat(Files.readAllBytes(point.resolve("file"))).isEqualTo(large);
        assertThat(Files.readString(Path.of("/proc/self/mounts")))
                .contains("test:name " + point.toRealPath() + " fuse ro,nosuid,nodev,")
                .contains(",max_read=262144");
        assertThat(mount().unmount()).isEmpty();
        assertThat(server().join(PATIENCE)).isTrue();
        mount = null;
    }

    @Test
    void a_listener_that_fails_ends_nothing() throws IOException {
        mount = FuseMount.direct(point, OPTIONS);
        server = FuseServer.start(
                mount,
                folder().with("broken", new MemoryTree.Broken(2)).with("good", new MemoryTree.File(3, new byte[] {9})),
                KNOWN,
                failure -> {
                    throw new AssertionError("told of " + failure);
                });
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> Files.readAllBytes(point.resolve("broken")))
                    .hasMessageContaining("Input/output error");
        }
        assertThat(Files.readAllBytes(point.resolve("good"))).containsExactly(9);
    }

    @Test
    void an_end_that_is_no_unmounting_is_a_failure() throws Exception {
        int nothing = LibC.open("/dev/null", LibC.O_RDWR | LibC.O_CLOEXEC);
        var ended = FuseServer.start(new FuseMount(point, nothing, null), folder(), KNOWN, _ -> {});
        assertThat(ended.join(PATIENCE)).isTrue();
        assertThat(ended.isUnmounted()).isFalse();
        assertThat(ended.failure()).isEqualTo("reading the kernel's requests failed: 0 bytes are no request");
    }

    @Test
    void an_aborted_connection_is_no_unmounting() throws Exception {
        serve(folder().with("file", new MemoryTree.File(2, large)));
        assertThat(Files.readAllBytes(point.resolve("file"))).isEqualTo(large);
        long device = (Long) Files.getAttribute(point, "unix:dev");
        long connection = (device & 0xff) | ((device >>> 12) & 0xffffff00L); // the minor number
        assumeTrue(aborted(connection), "no control file system of fuse can be mounted here");
        assertThat(server().join(PATIENCE)).isTrue();
        assertThat(server().isUnmounted()).isFalse();
        assertThat(server().failure()).isEqualTo("its connection to the kernel was aborted");
    }

    private boolean aborted(long connection) throws Exception {
        return new ProcessBuilder(
                                "unshare",
                                "-m",
                                "sh",
                                "-c",
                                "mount -t fusectl none /sys/fs/fuse/connections && echo 1 > /sys/fs/fuse/connections/"
                                        + connection + "/abort")
                        .inheritIO()
                        .start()
                        .waitFor()
                == 0;
    }

    @Test
    void a_forced_unmount_of_a_mount_in_use_is_a_failure_and_of_any_other_is_not() throws Exception {
        serve(folder().with("file", new MemoryTree.File(2, large)));
        int used = LibC.open(point.resolve("file").toString(), LibC.O_CLOEXEC);
        try {
            assertThat(used).isPositive();
            assertThat(LibC.unmount(point.toString(), FORCE)).isEqualTo(-Errno.EBUSY.number);
            assertThat(server().join(PATIENCE)).isTrue();
            assertThat(server().isUnmounted()).isFalse();
            assertThat(server().failure()).isEqualTo("its connection to the kernel was aborted");
        } finally {
            LibC.close(used);
        }
        mount().detach();
        serve(folder());
        assertThat(LibC.unmount(point.toString(), FORCE)).isZero();
        assertThat(server().join(PATIENCE)).isTrue();
        assertThat(server().isUnmounted()).isTrue();
        mount = null;
    }

    @Test
    void the_kernel_is_told_how_much_it_may_ask_for_at_once() throws IOException {
        serve(folder());
        String place = " " + point.toRealPath() + " ";
        assertThat(Files.readAllLines(Path.of("/proc/self/mounts")))
                .filteredOn(line -> line.contains(place))
                .singleElement()
                .asString()
                .contains(",max_read=262144");
    }

    @Test
    void a_helper_that_is_missing_is_named_with_its_package() {
        assertThatThrownBy(() -> FuseMount.helped("no-such-fusermount3", point, OPTIONS))
                .isInstanceOfSatisfying(FuseException.class, e -> {
                    assertThat(e.fact()).contains("fusermount3");
                    assertThat(e.hint()).contains("apt-get install fuse3");
                });
    }
}
