package dev.reprise.storage.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.base.ObjectId;
import dev.reprise.embedded.EmbeddedSshd;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What only a real server shows: keys of hosts and users, permissions, full disks, lost
/// connections.
class SftpServerTest {
    private static final Path SFTP_SERVER = Path.of("/usr/lib/openssh/sftp-server");
    private static EmbeddedSshd server;

    @TempDir
    private Path home;

    @BeforeAll
    static void start(@TempDir Path place) throws IOException {
        server = EmbeddedSshd.start(ServerFolder.open(place));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static StorageException failure(Storage storage) {
        return catchThrowableOfType(StorageException.class, () -> storage.size(ObjectKey.CONFIG));
    }

    private Storage knowing(String hosts, String key) throws IOException {
        Path known = Files.writeString(home.resolve("known"), hosts);
        return Connecting.with(server.url("x").substring(5), "sftp.args", server.arguments(key, known));
    }

    private static String fingerprint(String file) throws Exception {
        Process asked = new ProcessBuilder(
                        "ssh-keygen", "-lf", server.folder().resolve(file).toString())
                .start();
        return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).split(" ", -1)[1];
    }

    @Test
    void an_unknown_host_is_refused_with_its_fingerprint_and_what_to_run() throws Exception {
        try (Storage storage = knowing("", "user")) {
            StorageException refused = failure(storage);
            assertThat(refused.kind()).isEqualTo(Kind.DENIED);
            assertThat(refused.fact())
                    .contains("host key")
                    .contains("is not known")
                    .contains(fingerprint("host.pub"));
            assertThat(refused.hint()).contains("ssh-keyscan").contains("ssh 127.0.0.1 -l " + server.user());
        }
    }

    @Test
    void a_changed_host_key_is_refused_with_its_fingerprint() throws Exception {
        String other = Files.readString(server.folder().resolve("stranger.pub"));
        try (Storage storage = knowing("[127.0.0.1]:" + server.port() + " " + other, "user")) {
            StorageException refused = failure(storage);
            assertThat(refused.kind()).isEqualTo(Kind.DENIED);
            assertThat(refused.fact()).contains("has changed").contains(fingerprint("host.pub"));
            assertThat(refused.hint()).contains("ssh-keygen -f");
        }
    }

    @Test
    void a_key_the_server_does_not_know_is_denied() throws Exception {
        String known = Files.readString(server.folder().resolve("known_hosts"));
        try (Storage storage = knowing(known, "stranger")) {
            StorageException refused = failure(storage);
            assertThat(refused.kind()).isEqualTo(Kind.DENIED);
            assertThat(refused.fact()).contains("Permission denied (publickey)");
        }
    }

    @Test
    void nobody_listening_is_unreachable_and_a_missing_program_is_not() {
        try (Storage storage = Connecting.with("127.0.0.1:/x", "sftp.args", "-F none -p 1")) {
            assertThat(failure(storage).kind()).isEqualTo(Kind.UNREACHABLE);
        }
        try (Storage storage = Connecting.with("h:/x", "sftp.command", "/no/such/program")) {
            assertThat(failure(storage).kind()).isEqualTo(Kind.OTHER);
            assertThat(failure(storage).fact()).contains("/no/such/program");
        }
        try (Storage storage = Connecting.with("h:/x", "sftp.command", "echo Welcome to this shell")) {
            assertThat(failure(storage).kind()).isEqualTo(Kind.OTHER);
            assertThat(failure(storage).fact()).contains("is it SFTP?");
        }
    }

    @Test
    void files_are_read_only_and_folders_private_as_those_of_restic() throws IOException {
        byte[] content = {1, 2, 3};
        ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        try (Storage storage = Connecting.to(server, "modes")) {
            storage.create();
            storage.write(key, content);
            storage.write(ObjectKey.CONFIG, content);
        }
        Path root = server.data().resolve("modes");
        assertThat(mode(root)).isEqualTo("rwx------");
        assertThat(mode(root.resolve("data/00"))).isEqualTo("rwx------");
        assertThat(mode(root.resolve(key.path()))).isEqualTo("r--------");
        assertThat(mode(root.resolve("config"))).isEqualTo("r--------");
        try (Stream<Path> packs = Files.list(root.resolve("data"))) {
            assertThat(packs).hasSize(256);
        }
    }

    @Test
    void a_repository_of_a_group_stays_the_groups() throws IOException {
        byte[] content = {4, 5};
        ObjectKey key = ObjectKey.of(ObjectType.INDEX, ObjectId.hash(content));
        Path root = server.data().resolve("group");
        try (Storage storage = Connecting.to(server, "group")) {
            storage.create();
            storage.write(ObjectKey.CONFIG, content);
            Files.setPosixFilePermissions(root.resolve("config"), PosixFilePermissions.fromString("r--r-----"));
        }
        try (Storage storage = Connecting.to(server, "group")) {
            storage.write(key, content);
        }
        assertThat(mode(root.resolve(key.path()))).isEqualTo("r--r-----");
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void a_folder_without_permission_is_denied_and_not_empty() throws IOException {
        try (Storage storage = Connecting.to(server, "closed")) {
            storage.create();
            Path keys = server.data().resolve("closed/keys");
            Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("---------"));
            byte[] content = {1};
            ObjectKey key = ObjectKey.of(ObjectType.KEY, ObjectId.hash(content));
            assertThat(catchThrowableOfType(StorageException.class, () -> storage.list(ObjectType.KEY, o -> {}))
                            .kind())
                    .isEqualTo(Kind.DENIED);
            assertThat(catchThrowableOfType(StorageException.class, () -> storage.write(key, content))
                            .kind())
                    .isEqualTo(Kind.DENIED);
            assertThat(catchThrowableOfType(StorageException.class, () -> storage.size(key))
                            .kind())
                    .isEqualTo(Kind.DENIED);
            Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwx------"));
        }
    }

    /// A limit on file sizes makes writes fail as a full disk does, without one.
    @Test
    void a_write_that_the_server_cannot_finish_leaves_neither_object_nor_temporary_file() throws IOException {
        assumeTrue(Files.isExecutable(SFTP_SERVER));
        String command = "sh -c \"trap '' XFSZ; ulimit -f 1024; exec " + SFTP_SERVER + "\"";
        byte[] content = random(2 << 20);
        ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        try (Storage storage = Connecting.with("h:" + home.resolve("r"), "sftp.command", command)) {
            storage.create();
            StorageException failed = catchThrowableOfType(StorageException.class, () -> storage.write(key, content));
            assertThat(failed.retryable()).isFalse();
            assertThat(storage.size(key)).isEqualTo(-1);
        }
        assertThat(filesBelow(home.resolve("r"))).isEmpty();
    }

    @Test
    void a_full_disk_is_told_as_such_and_leaves_nothing() throws Exception {
        Path disk = Files.createDirectory(home.resolve("disk"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk.toString()) == 0, "needs root");
        try (Storage storage = Connecting.with("h:" + disk.resolve("r"), "sftp.command", SFTP_SERVER.toString())) {
            storage.create();
            byte[] content = random(2 << 20);
            ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
            StorageException full = catchThrowableOfType(StorageException.class, () -> storage.write(key, content));
            assertThat(full.kind()).isEqualTo(Kind.FULL);
            assertThat(filesBelow(disk)).isEmpty();
            assertThat(run("mount", "-o", "remount,ro", disk.toString())).isZero();
            StorageException readOnly =
                    catchThrowableOfType(StorageException.class, () -> storage.write(ObjectKey.CONFIG, new byte[3]));
            assertThat(readOnly.kind()).isEqualTo(Kind.DENIED);
        } finally {
            run("umount", disk.toString());
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static List<Path> filesBelow(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /// The server gives the handle of the file that failed to one of the others at once.
    @Test
    void an_upload_that_fails_at_its_end_disturbs_no_other() throws Exception {
        try (Storage storage = Connecting.to(server, "beside")) {
            storage.create();
            byte[] doomed = {7, 7};
            ObjectKey obstructed = ObjectKey.of(ObjectType.SNAPSHOT, ObjectId.hash(doomed));
            // A folder that is not empty cannot be replaced by a file.
            Files.createDirectories(server.data().resolve("beside/" + obstructed.path() + "/full"));
            Thread failing = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 50; i++) {
                    assertThat(catchThrowableOfType(StorageException.class, () -> storage.write(obstructed, doomed)))
                            .isNotNull();
                }
            });
            for (int i = 0; i < 30; i++) {
                byte[] content = random(100_000 + i);
                ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
                storage.write(key, content);
                assertThat(storage.readAll(key)).isEqualTo(content);
            }
            failing.join();
        }
    }

    /// The first connection breaks after 30 reads of at most 64 KiB: in the middle of 3 MiB.
    @Test
    void an_upload_that_breaks_off_leaves_no_object_and_repeating_it_is_enough() throws IOException {
        assumeTrue(Files.isExecutable(SFTP_SERVER));
        Path once = home.resolve("once");
        Path root = home.resolve("r");
        String command = "sh -c \"if mkdir %s; then dd bs=65536 count=30 | %s; else exec %s; fi\""
                .formatted(once, SFTP_SERVER, SFTP_SERVER);
        byte[] content = random(3 << 20);
        ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        try (Storage storage = Connecting.with("h:" + root, "sftp.command", SFTP_SERVER.toString())) {
            storage.create();
        }
        try (Storage storage = Connecting.with("h:" + root, "sftp.command", command);
                var draft = storage.draft(ObjectType.PACK)) {
            draft.append(content, 0, content.length);
            StorageException lost = catchThrowableOfType(StorageException.class, () -> draft.commit(key.name()));
            assertThat(lost.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(filesBelow(root))
                    .hasSize(1)
                    .allMatch(file -> file.toString().contains("-restic-temp-"));
            draft.commit(key.name());
            assertThat(storage.readAll(key)).isEqualTo(content);
            assertThat(filesBelow(root)).containsExactly(root.resolve(key.path()));
        }
    }

    @Test
    void a_killed_server_is_unreachable_in_the_middle_of_a_read_and_found_again() throws IOException {
        byte[] content = random(30 << 20);
        ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        EmbeddedSshd first =
                EmbeddedSshd.start(Files.createDirectory(ServerFolder.open(home).resolve("other")));
        ServerFolder.open(home.resolve("other"));
        try (Storage storage = Connecting.to(first, "killed")) {
            storage.create();
            storage.write(key, content);
            StorageException lost = catchThrowableOfType(
                    StorageException.class,
                    () -> storage.read(key, 0, -1, body -> {
                        body.readNBytes(100_000);
                        first.process().kill();
                        return body.readAllBytes();
                    }));
            assertThat(lost.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(failure(storage).kind()).isEqualTo(Kind.UNREACHABLE);
            try (EmbeddedSshd again = first.restart()) {
                assertThat(again.port()).isEqualTo(first.port());
                assertThat(storage.readAll(key)).isEqualTo(content);
            }
        } finally {
            first.close();
        }
    }

    @Test
    void a_server_that_falls_silent_is_given_up() {
        assumeTrue(Files.isExecutable(SFTP_SERVER));
        String mute = "sh -c \"dd bs=9 count=1 | " + SFTP_SERVER + "; sleep 60\"";
        var patience = Duration.ofMillis(300);
        try (Storage storage = Connecting.with("h:/x", "sftp.command", mute, patience)) {
            StorageException silent = failure(storage);
            assertThat(silent.kind()).isEqualTo(Kind.UNREACHABLE);
            assertThat(silent.fact()).contains("no answer");
        }
    }

    @Test
    void a_link_to_another_disk_is_followed() throws IOException {
        byte[] content = {9};
        ObjectKey key = ObjectKey.of(ObjectType.PACK, ObjectId.hash(content));
        try (Storage storage = Connecting.to(server, "linked")) {
            storage.create();
            storage.write(key, content);
            Path folder = server.data().resolve("linked").resolve(key.path()).getParent();
            Path moved = Files.move(folder, server.data().resolve("linked/elsewhere"));
            Files.createSymbolicLink(folder, moved);
            int[] found = {0};
            storage.list(ObjectType.PACK, object -> found[0]++);
            assertThat(found[0]).isEqualTo(1);
            assertThat(storage.size(key)).isEqualTo(1);
        }
    }
}
