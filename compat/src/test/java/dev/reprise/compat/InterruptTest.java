package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.Repository;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.storage.ObjectType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A signal in the middle of work: exit status 130, no lock left, nothing unfinished that looks whole, and the next run
/// works. The work is endless by size, so that the signal always comes in time: files that are mostly holes.
class InterruptTest {
    private static final long ENDLESS = 200L << 30;

    private static final Instant SAVED = Instant.parse("2023-11-14T22:13:20Z");

    @TempDir
    private Path home;

    private HistoryFixture fixture;
    private Path tree;

    @BeforeEach
    void fill() throws IOException {
        fixture = HistoryFixture.create(home.resolve("repository"), 2);
        tree = Files.createDirectory(home.resolve("tree"));
        Files.writeString(tree.resolve("a"), "small");
    }

    private static void lengthen(Path file, long bytes) throws IOException {
        file.toFile().setWritable(true);
        try (var access = new RandomAccessFile(file.toFile(), "rw")) {
            access.setLength(bytes);
        }
    }

    private Process start(String... verb) throws IOException {
        // Whoever is started in the background has Ctrl-C ignored, and hands that down.
        List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xmx512m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.reprise.app.Main",
                "restic",
                "-r",
                fixture.repository.toString()));
        command.addAll(List.of(verb));
        var builder = new ProcessBuilder(command).redirectErrorStream(true).directory(tree.toFile());
        builder.environment().put("RESTIC_PASSWORD", HistoryFixture.PASSWORD);
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /// Until it says so, a signal would meet a program that is still starting.
    private static BufferedReader awaitLine(Process process, String words) throws IOException {
        BufferedReader out = process.inputReader();
        var said = new StringBuilder();
        String line = out.readLine();
        while (line != null && !line.contains(words)) {
            said.append(line).append('\n');
            line = out.readLine();
        }
        assertThat(line).as("that it works: %s", said).isNotNull();
        return out;
    }

    private void signalled(Process process, String signal) throws IOException, InterruptedException {
        assertThat(process.isAlive()).isTrue();
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                .inheritIO()
                .start()
                .waitFor();
        String rest = String.join("\n", process.inputReader().lines().toList());
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).as(rest).isTrue();
        assertThat(process.exitValue()).as(rest).isEqualTo(130);
        assertThat(fixture.ids(ObjectType.LOCK)).as("locks left; %s", rest).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void a_backup_leaves_no_lock_and_no_snapshot(String signal) throws Exception {
        lengthen(tree.resolve("endless"), ENDLESS);
        Process backup = start("backup", "-vv", "--read-concurrency", "2", ".");
        awaitLine(backup, "new       /a");

        signalled(backup, signal);

        assertThat(fixture.ids(ObjectType.SNAPSHOT)).isEmpty();
        Files.delete(tree.resolve("endless"));
        fixture.reprise.in(tree).ok("backup", ".");
        assertThat(fixture.snapshots()).hasSize(1);
        fixture.mustBeClean();
    }

    @Test
    void a_check_leaves_no_lock() throws Exception {
        fixture.restic.ok(tree, "backup", ".");
        Path pack = fixture.file(ObjectType.PACK, fixture.ids(ObjectType.PACK).getFirst());
        long size = Files.size(pack);
        lengthen(pack, ENDLESS);
        Process check = start("check", "--read-data");
        awaitLine(check, "read the data of");

        signalled(check, "TERM");

        lengthen(pack, size);
        fixture.reprise.ok("check", "--read-data");
        fixture.mustBeClean();
    }

    /// Files are written in place, as by restic: so that the next run need not begin anew.
    @Test
    void a_restore_leaves_no_lock_and_no_unfinished_file_that_looks_whole() throws Exception {
        saveEndlessFile();
        Path target = Files.createDirectory(home.resolve("target"));
        Process restore;
        try (WatchService watch = target.getFileSystem().newWatchService()) {
            target.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            restore = start("restore", "latest", "--sparse", "--target", target.toString());
            assertThat(watch.poll(1, TimeUnit.MINUTES))
                    .as("a file at the target")
                    .isNotNull();
        }

        signalled(restore, "INT");

        Path unfinished = target.resolve("endless");
        if (Files.exists(unfinished)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(unfinished)))
                    .isEqualTo("rw-------");
            assertThat(Files.getLastModifiedTime(unfinished).toInstant()).isAfter(SAVED.plus(Duration.ofDays(1)));
        }
        fixture.reprise.ok("restore", "latest", "--include", "/small", "--target", target.toString());
        assertThat(target.resolve("small")).isRegularFile();
        fixture.mustBeClean();
    }

    /// With many trees to walk.
    @Tag("long")
    @Test
    void a_prune_leaves_no_lock() throws Exception {
        fixture = HistoryFixture.at(home.resolve("many"));
        MillionBlobs.write(fixture.repository, HistoryFixture.PASSWORD, 20_000, 3);
        Process prune = start("prune", "--max-unused", "0");
        awaitLine(prune, "finding data that is still in use");

        signalled(prune, "INT");

        fixture.reprise.ok("prune", "--dry-run");
        fixture.restic.ok("check");
    }

    private void saveEndlessFile() {
        try (Repository repository = fixture.open();
                RepositoryLock lock = repository.lock(RepositoryLock.Kind.SHARED, Duration.ZERO);
                var index = repository.loadIndex((_, reason) -> {
                    throw reason;
                });
                var writer = repository.writer(index, lock, WriterOptions.DEFAULT)) {
            ObjectId root;
            try (var session = writer.session()) {
                byte[] zeros = new byte[4 << 20];
                ObjectId blob =
                        session.save(BlobType.DATA, zeros, 0, zeros.length).id();
                int times = Math.toIntExact(ENDLESS / zeros.length);
                byte[] nodes = TreeCodec.encode(List.of(
                        file("endless", ENDLESS, Collections.nCopies(times, blob)),
                        file("small", zeros.length, List.of(blob))));
                root = session.save(BlobType.TREE, nodes, 0, nodes.length).id();
            }
            writer.finish();
            repository.save(new Snapshot(
                    OffsetDateTime.parse("2024-05-01T00:00:00Z"),
                    null,
                    root,
                    List.of("/data"),
                    "host",
                    "user",
                    0,
                    0,
                    List.of(),
                    List.of(),
                    null,
                    "",
                    null,
                    Map.of()));
        }
    }

    private static Node file(String name, long size, @Nullable List<ObjectId> content) {
        var time = new NodeTime(SAVED.getEpochSecond(), 0, 0);
        return new Node(
                RawName.of(name),
                NodeType.FILE,
                0644,
                time,
                time,
                time,
                0,
                0,
                "",
                "",
                0,
                0,
                size,
                1,
                null,
                List.of(),
                0,
                content,
                null,
                "",
                Map.of());
    }
}
