package dev.reprise.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.cli.CommandContext;
import dev.reprise.cli.restic.ResticCli;
import dev.reprise.cli.restic.ResticVerbs;
import dev.reprise.embedded.DebianTools;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobType;
import dev.reprise.testkit.restic.StockRestic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `reprise restic mount` beside stock restic's, and what is seen beside what was saved.
@Timeout(180)
class MountVerbTest {
    private static final String PASSWORD = "mount verb";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path home;

    private Path repository;
    private Path tree;
    private Path point;
    private StockRestic restic;
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
    private final List<Mounted> running = new ArrayList<>();

    @BeforeEach
    void makePlaces() throws IOException {
        repository = home.toRealPath().resolve("repository");
        CheapRepository.create(repository, PASSWORD);
        restic = StockRestic.of("0.19", repository, PASSWORD);
        tree = Files.createDirectories(home.toRealPath().resolve("src"));
        point = Files.createDirectories(home.toRealPath().resolve("point"));
    }

    @AfterEach
    void leaveNoMount() throws Exception {
        for (Mounted mounted : running) {
            mounted.end();
        }
        if (isMounted(point)) {
            new ProcessBuilder("umount", "-l", point.toString())
                    .inheritIO()
                    .start()
                    .waitFor();
        }
    }

    /// The verb in this process, in a thread of its own.
    private final class Mounted {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ByteArrayOutputStream err = new ByteArrayOutputStream();
        private final CompletableFuture<Integer> status = new CompletableFuture<>();
        private final Thread thread;

        Mounted(List<String> line) {
            List<String> all = new ArrayList<>(List.of("-r", repository.toString(), "--no-cache"));
            all.addAll(line);
            thread = Thread.ofPlatform()
                    .start(() -> status.complete(new ResticCli(ResticVerbs.standard(), context(out, err)).run(all)));
        }

        int end() throws Exception {
            thread.interrupt();
            return status.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        String out() {
            return out.toString(StandardCharsets.UTF_8);
        }

        String err() {
            return err.toString(StandardCharsets.UTF_8);
        }
    }

    private CommandContext context(ByteArrayOutputStream out, ByteArrayOutputStream err) {
        return new CommandContext(
                Map.of("RESTIC_PASSWORD", PASSWORD),
                home,
                InputStream.nullInputStream(),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                CommandContext.Terminal.NONE,
                now::get,
                ZoneId.of("UTC"),
                SecureRandom::new);
    }

    private Mounted mount(String... flags) {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "this machine has no /dev/fuse");
        List<String> line = new ArrayList<>(List.of("mount"));
        line.addAll(List.of(flags));
        line.add(point.toString());
        var mounted = new Mounted(line);
        running.add(mounted);
        Awaitility.await().atMost(PATIENCE).until(() -> isMounted(point) || mounted.status.isDone());
        assertThat(mounted.status).as(mounted.err()).isNotDone();
        return mounted;
    }

    private static boolean isMounted(Path point) throws IOException {
        return Files.readString(Path.of("/proc/self/mounts")).contains(" " + point + " fuse ");
    }

    private void save(String... flags) {
        List<String> line = new ArrayList<>(List.of("backup", "--host", "web", "src"));
        line.addAll(List.of(flags));
        restic.ok(home, line.toArray(String[]::new));
    }

    @Test
    void every_entry_is_as_it_was_saved_by_restic() throws Exception {
        NastyTree.write(tree, 3);
        save();
        Mounted mounted = mount();
        Map<String, String> seen = FolderListing.of(point.resolve("snapshots/latest/src"));
        assertThat(seen).isEqualTo(FolderListing.of(tree));
        assertThat(seen).hasSizeGreaterThan(50);
        assertThat(mounted.end()).isZero();
        assertThat(mounted.out()).isEqualTo("""
                Loading snapshots...
                Now serving the repository at %s
                Use another terminal or tool to browse the contents of this folder.
                When finished, quit with Ctrl-c here or umount the mountpoint.
                """.formatted(point));
        assertThat(mounted.err()).isEmpty();
        assertThat(isMounted(point)).isFalse();
    }

    @Test
    void every_entry_is_as_it_was_saved_by_us_and_any_range_can_be_read() throws Exception {
        NastyTree.write(tree, 4);
        new RepriseRestics().ok("backup", "--host", "web", "src");
        mount("--path-template", "all/%I");
        List<Path> all = children(point.resolve("all"));
        assertThat(all).hasSize(1);
        Path seen = all.getFirst().resolve("src");
        assertThat(FolderListing.of(seen)).isEqualTo(FolderListing.of(tree));

        byte[] large = Files.readAllBytes(tree.resolve("many-chunks.bin"));
        var random = new Random(5);
        try (var file = new RandomAccessFile(seen.resolve("many-chunks.bin").toFile(), "r")) {
            for (int i = 0; i < 30; i++) {
                int from = random.nextInt(large.length);
                byte[] part = new byte[Math.min(1 + random.nextInt(2_000_000), large.length - from)];
                file.seek(from);
                file.readFully(part);
                assertThat(part).isEqualTo(Arrays.copyOfRange(large, from, from + part.length));
            }
        }
    }

    /// Our own writing verbs in this process.
    private final class RepriseRestics {
        void ok(String... arguments) {
            RepriseRestic.of(repository, PASSWORD).in(home).ok(arguments);
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.sorted().toList();
        }
    }

    @Test
    void the_directories_are_restics() throws Exception {
        Files.writeString(tree.resolve("a"), "a");
        save("--time", "2026-01-02 03:04:05", "--tag", "x/y,z");
        save("--time", "2026-01-02 03:04:05", "--tag", ".");
        restic.ok(home, "backup", "--host", "db", "--time", "2025-01-02 03:04:05", "src");
        String[] flags = {
            "--path-template",
            "ids/%i",
            "--path-template",
            "t/%t/%h-%T",
            "--path-template",
            "%u/%T",
            "--time-template",
            "Mon 2.1.06 15_04_05 MST"
        };
        mount(flags);
        List<String> ours = layout(point);
        leaveNoMount();
        Awaitility.await().atMost(PATIENCE).until(() -> !isMounted(point));

        List<String> line = new ArrayList<>(
                List.of(StockRestic.fetched("0.19").toString(), "--no-cache", "-r", repository.toString(), "mount"));
        line.addAll(List.of(flags));
        line.add(point.toString());
        var builder = new ProcessBuilder(line).inheritIO().redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("RESTIC_PASSWORD", PASSWORD);
        // restic mounts only through this program
        Path helper = DebianTools.find("fusermount3").file();
        Path programs = Files.createDirectories(home.resolve("bin"));
        Files.createSymbolicLink(programs.resolve("fusermount"), helper);
        builder.environment().merge("PATH", ":" + programs, (path, more) -> path + more);
        Process stock = builder.start();
        Awaitility.await().atMost(PATIENCE).until(() -> isMounted(point) || !stock.isAlive());
        assertThat(ours).isEqualTo(layout(point)).hasSizeGreaterThan(10);
        stock.destroy();
        assertThat(stock.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    /// Paths down to the snapshots, with the targets of links.
    private static List<String> layout(Path point) throws IOException {
        try (Stream<Path> found = Files.walk(point, 3)) {
            var lines = new ArrayList<String>();
            for (Path path : found.sorted().toList()) {
                String target = Files.isSymbolicLink(path) ? " -> " + Files.readSymbolicLink(path) : "";
                lines.add(point.relativize(path) + target);
            }
            return lines;
        }
    }

    @Test
    void new_snapshots_appear_while_mounted_and_filters_hold() throws Exception {
        Files.writeString(tree.resolve("a"), "first");
        save("--tag", "daily");
        save("--tag", "other");
        Mounted mounted = mount("--tag", "daily");
        assertThat(children(point.resolve("ids"))).hasSize(1);
        Files.writeString(tree.resolve("a"), "second, in another pack");
        save("--tag", "daily");
        assertThat(children(point.resolve("ids"))).hasSize(1); // within the same moments
        now.set(now.get().plus(Duration.ofMinutes(1)));
        assertThat(children(point.resolve("ids"))).hasSize(2);
        assertThat(point.resolve("hosts/web/latest/src/a")).hasContent("second, in another pack");
        assertThat(mounted.end()).isZero();
        assertThat(mounted.err()).isEmpty();
    }

    @Test
    void a_damaged_snapshot_is_told_of_once() throws Exception {
        Files.writeString(tree.resolve("a"), "a");
        save();
        List<Path> snapshots = children(repository.resolve("snapshots"));
        assertThat(snapshots).hasSize(1);
        save();
        Files.setPosixFilePermissions(snapshots.getFirst(), PosixFilePermissions.fromString("rw-------"));
        Files.write(snapshots.getFirst(), new byte[100]);
        Mounted mounted = mount();
        for (int i = 0; i < 3; i++) {
            now.set(now.get().plus(Duration.ofMinutes(1)));
            assertThat(children(point.resolve("ids"))).hasSize(1);
        }
        assertThat(mounted.end()).isZero();
        assertThat(mounted.err()).containsOnlyOnce("could not load snapshot");
    }

    @Test
    void the_repository_stays_locked_against_removal_until_the_end() throws Exception {
        save();
        Mounted mounted = mount();
        assertThat(restic.run("prune").status()).isEqualTo(11);
        assertThat(restic.run("snapshots").status()).isZero();
        assertThat(mounted.end()).isZero();
        assertThat(repository.resolve("locks")).isEmptyDirectory();
    }

    @Test
    void an_owner_can_be_pretended() throws Exception {
        Path file = Files.writeString(tree.resolve("foreign"), "owner");
        Files.setAttribute(file, "unix:uid", 12345);
        save();
        mount("--owner-root");
        Path seen = point.resolve("snapshots/latest/src/foreign");
        assertThat(Files.getAttribute(seen, "unix:uid")).isEqualTo(0);
        assertThat(Files.getAttribute(seen, "unix:gid")).isEqualTo(0);
    }

    @Test
    void a_lost_pack_is_an_input_error_for_its_files_alone() throws Exception {
        Files.writeString(tree.resolve("lost"), "content of the first file");
        save();
        List<Path> first = packsOfData();
        assertThat(first).hasSize(1);
        Files.writeString(tree.resolve("kept"), "content of the second file");
        save();
        Files.delete(first.getFirst());
        Mounted mounted = mount();
        assertThat(point.resolve("snapshots/latest/src/kept")).hasContent("content of the second file");
        assertThatThrownBy(() -> Files.readString(point.resolve("snapshots/latest/src/lost")))
                .hasMessageContaining("Input/output error");
        assertThat(mounted.end()).isZero();
        assertThat(mounted.err()).contains("data ");
    }

    private List<Path> packsOfData() {
        var packs = new ArrayList<Path>();
        try (Repository opened = new RepriseRepository(repository, PASSWORD).open();
                BlobIndex index = opened.loadIndex((id, reason) -> {
                    throw new AssertionError("index " + id, reason);
                })) {
            index.forEachPack(content -> {
                if (content.blobs().getFirst().handle().type() == BlobType.DATA) {
                    String hex = content.pack().hex();
                    packs.add(repository
                            .resolve("data")
                            .resolve(hex.substring(0, 2))
                            .resolve(hex));
                }
            });
        }
        return packs;
    }

    @Test
    void refusals_are_restics() {
        refused();
        refused("no-such-folder");
        refused("src/../repository/config");
        refused("no-such-folder", "another");
        refused("--time-template", "", "point");
        refused("--time-template", "/2006", "point");
        refused("--time-template", "2006/", "point");
    }

    private void refused(String... arguments) {
        List<String> line = new ArrayList<>(List.of("mount"));
        line.addAll(List.of(arguments));
        StockRestic.Result theirs = restic.run(home, line.toArray(String[]::new));
        RepriseRestic.Result ours =
                RepriseRestic.of(repository, PASSWORD).in(home).run(line.toArray(String[]::new));
        assertThat(ours.err()).isEqualTo(theirs.err());
        assertThat(ours.status()).isEqualTo(theirs.status()).isEqualTo(1);
    }

    @Test
    void what_a_mount_reads_from_is_not_mounted_over() throws Exception {
        Path cache = Files.createDirectories(home.toRealPath().resolve("cache"));
        Path link = Files.createSymbolicLink(home.resolve("link"), repository);
        refusedOver(repository, "is the repository " + repository);
        refusedOver(repository.resolve("data"), "lies in the repository " + repository);
        refusedOver(link, "is the repository " + repository);
        refusedOver(home, "holds the repository " + repository);
        refusedOver(cache, "holds the cache " + cache.resolve("reprise"));
        Path mine = Files.createDirectories(cache.resolve("reprise/x"));
        refusedOver(mine, "lies in the cache " + cache.resolve("reprise"));
    }

    private void refusedOver(Path place, String why) {
        String cache = home.resolve("cache").toString();
        var ours = RepriseRestic.of(repository, PASSWORD).run("mount", "--cache-dir", cache, place.toString());
        assertThat(ours.err())
                .isEqualTo("Fatal: mountpoint %s %s\nchoose a directory apart from it\n".formatted(place, why));
        assertThat(ours.status()).isEqualTo(1);
    }

    @Test
    void a_terminated_process_leaves_no_mount_and_a_killed_one_can_be_cleaned_up() throws Exception {
        assumeTrue(Files.exists(Path.of("/dev/fuse")), "this machine has no /dev/fuse");
        save();
        Process process = start();
        process.destroy(); // SIGTERM
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(isMounted(point)).isFalse();
        assertThat(repository.resolve("locks")).isEmptyDirectory();

        Process killed = start();
        killed.destroyForcibly().waitFor();
        var again = RepriseRestic.of(repository, PASSWORD).run("mount", point.toString());
        assertThat(again.status()).isEqualTo(1);
        assertThat(again.err())
                .startsWith("Fatal: mountpoint " + point + " is inaccessible: stat ")
                .contains("fusermount3 -u " + point);
        assertThat(new ProcessBuilder("umount", point.toString()).start().waitFor())
                .isZero();
        mount();
        assertThat(children(point.resolve("ids"))).hasSize(1);
    }

    private Process start() throws IOException {
        var builder = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.reprise.app.Main",
                        "restic",
                        "-r",
                        repository.toString(),
                        "--no-cache",
                        "mount",
                        point.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("said").toFile());
        builder.environment().put("RESTIC_PASSWORD", PASSWORD);
        Process process = builder.start();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> Files.readString(home.resolve("said")).contains("Ctrl-c") || !process.isAlive());
        assertThat(process.isAlive()).as(Files.readString(home.resolve("said"))).isTrue();
        return process;
    }
}
