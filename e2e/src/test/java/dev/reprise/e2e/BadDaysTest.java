package dev.reprise.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.reprise.testkit.restic.StockRestic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What goes wrong in real life, seen from the command line: one clear error, the right status, nothing lost.
@DisplayName("On a bad day")
class BadDaysTest {
    private static final String PASSWORD = "end to end password";

    @TempDir
    private Path home;

    private Path data;
    private RepriseProcess reprise;

    @BeforeEach
    void protect() throws IOException {
        data = Files.createDirectory(home.resolve("data"));
        fill(data, 1, 12);
        reprise = new RepriseProcess(home).configure("files:\n  kind: files\n  paths: [%s]".formatted(data), "files");
        CheapRepository.create(reprise.repository(), PASSWORD);
        reprise.ok("backup");
    }

    @Test
    void a_wrong_password_is_told_with_status_12() {
        var result = reprise.with("REPRISE_TEST_PASSWORD", "wrong").run("points");

        assertThat(result.status()).isEqualTo(12);
        assertThat(result.err())
                .contains("the password opens none of the 1 keys")
                .contains("hint:");
    }

    @Test
    void a_missing_repository_is_told_with_status_10() throws IOException {
        Files.move(home.resolve("repository"), home.resolve("elsewhere"));

        var result = reprise.run("backup");

        assertThat(result.status()).isEqualTo(10);
        assertThat(result.err()).contains("there is no repository at");
        assertThat(home.resolve("repository")).doesNotExist();
    }

    @ParameterizedTest(name = "a damaged {0}")
    @CsvSource({"pack,data", "index,index", "snapshot,snapshots", "key,keys", "config,config", "point,reprise/points"})
    void is_named_and_never_passed_over(String what, String where) throws IOException {
        Path object = largest(home.resolve("repository").resolve(where));
        flip(object);

        var result = reprise.run("check", "--read-data");

        assertThat(result.status()).isEqualTo(1);
        String name = what.equals("config")
                ? "config is damaged"
                : object.getFileName().toString();
        assertThat(result.out() + result.err()).contains(what.equals("config") ? name : name.substring(0, 8));
        assertThat(result.err()).doesNotContain("Exception").doesNotContain("internal error");
    }

    @Test
    void one_damaged_pack_leaves_other_points_restorable() throws IOException {
        fill(data, 2, 3);
        reprise.ok("backup");
        var before = packs();
        fill(data, 3, 3);
        reprise.ok("backup");
        var after = packs();
        after.removeAll(before);
        Path damaged = after.stream()
                .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                .orElseThrow();
        flip(damaged);

        var broken = reprise.run("restore", "files", "--to", "broken");
        assertThat(broken.status()).isEqualTo(1);
        assertThat(broken.err()).contains("fresh-3-");

        String older = point(1);
        reprise.ok("restore", "files", "--to", "older", "--point", older);
        assertThat(home.resolve("older/fresh-2-0")).exists();
        assertThat(home.resolve("older/fresh-3-0")).doesNotExist();
    }

    /// The small disk exists in the mount namespace of that one run; what it left is copied out for the next.
    @Test
    void a_full_disk_fails_the_run_and_the_next_one_completes() throws IOException {
        requireMountNamespace();
        fill(data, 4, 60);
        Path repository = reprise.repository();
        var onSmallDisk = new RepriseProcess(home)
                .through(List.of("unshare", "--map-root-user", "--mount", "sh", "-c", """
                        mkdir small && mount -t tmpfs -o size=40m none small && cp -a repository/. small/ &&
                        mount --bind small repository || exit 99
                        "$@"; status=$?
                        mkdir after && cp -a repository/. after/ || exit 99
                        exit $status""", "sh"));

        var result = onSmallDisk.run("backup");

        assertThat(result.status()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).containsIgnoringCase("no space left on device").contains("hint:  free space there");
        Files.move(repository, home.resolve("before"));
        Files.move(home.resolve("after"), repository);
        assertThat(reprise.ok("points").out().lines())
                .as("heading and one point")
                .hasSize(2);
        StockRestic restic = StockRestic.of("0.19", repository, PASSWORD);
        restic.ok("check", "--read-data");
        reprise.ok("backup");
        restic.ok("check", "--read-data");
    }

    @Test
    void unreadable_files_are_named_the_rest_is_saved_and_the_status_is_3() throws IOException {
        Path secret = data.resolve("secret");
        Files.writeString(secret, "nobody may read this");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));

        var result = withoutPrivileges().run("backup");

        assertThat(result.status()).as(result.err()).isEqualTo(3);
        assertThat(result.err()).contains("secret");
        assertThat(result.out()).contains("incomplete");
        assertThat(reprise.run("status").status()).isEqualTo(3);
    }

    @Test
    void two_backups_at_once_both_make_their_point() throws Exception {
        fill(data, 5, 20);
        Process first = reprise.start(home.resolve("log-1"), "backup");
        Process second = reprise.start(home.resolve("log-2"), "backup");

        assertThat(first.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(second.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(first.exitValue())
                .as(Files.readString(home.resolve("log-1")))
                .isZero();
        assertThat(second.exitValue())
                .as(Files.readString(home.resolve("log-2")))
                .isZero();

        assertThat(reprise.ok("points").out().lines()).hasSize(4); // heading and three points
        StockRestic.of("0.19", reprise.repository(), PASSWORD).ok("check", "--read-data");
    }

    @Test
    void a_target_that_holds_data_is_refused_with_status_22() throws IOException {
        Path target = Files.createDirectory(home.resolve("target"));
        Files.writeString(target.resolve("precious"), "mine");

        var result = reprise.run("restore", "files", "--to", "target");

        assertThat(result.status()).isEqualTo(22);
        assertThat(result.err()).contains("already holds data").contains("--replace");
        assertThat(TreeHash.of(target)).containsOnlyKeys("precious");
    }

    @Test
    void ctrl_c_ends_with_130_and_leaves_no_lock() throws Exception {
        fill(data, 6, 60);
        Process process = reprise.start(home.resolve("log"), "backup");
        Path locks = home.resolve("repository/locks");
        while (process.isAlive() && isEmpty(locks)) {
            Thread.onSpinWait();
        }
        process.destroy(); // SIGTERM; Ctrl-C takes the same way

        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
        assertThat(isEmpty(locks)).isTrue();
        StockRestic.of("0.19", reprise.repository(), PASSWORD).ok("check", "--read-data");
        reprise.ok("backup");
    }

    @Test
    void a_check_that_examined_nothing_is_no_success() throws IOException {
        Path empty = Files.createDirectory(home.resolve("empty"));
        var fresh =
                new RepriseProcess(empty).configure("files:\n  kind: files\n  paths: [%s]".formatted(data), "files");
        fresh.ok("init");

        var result = fresh.run("check");

        assertThat(result.status()).isEqualTo(1);
        assertThat(result.out()).contains("nothing was examined");
    }

    @Test
    void a_repository_inside_its_own_source_is_left_out_and_never_restored_over() throws IOException {
        Path inside = Files.createDirectory(home.resolve("all"));
        Files.writeString(inside.resolve("precious"), "mine");
        var nested =
                new RepriseProcess(inside).configure("files:\n  kind: files\n  paths: [%s]".formatted(inside), "files");
        nested.ok("init");
        nested.ok("backup");

        var refused = nested.run("restore", "files", "--to", inside.toString(), "--replace", "--delete", "--yes");

        assertThat(refused.status()).isEqualTo(22);
        assertThat(refused.err()).contains("lie in each other");
        nested.ok("restore", "files", "--to", home.resolve("elsewhere").toString());
        assertThat(TreeHash.of(home.resolve("elsewhere"))).containsOnlyKeys("precious", "reprise.yaml");
    }

    @Test
    void an_empty_target_is_refused_before_anything_is_touched() throws IOException {
        for (String option : List.of("--to", "--to-artifacts")) {
            var result = reprise.run("restore", "files", option, "", "--replace", "--delete", "--yes");
            assertThat(result.status()).isEqualTo(20);
            assertThat(result.err()).contains("the target is empty");
        }
        assertThat(home.resolve("data")).exists();
    }

    @Test
    void a_restore_of_nothing_and_of_an_unknown_source_are_no_success() {
        var nothing = reprise.run("restore", "files", "--to", "nothing", "-i", "/no/such/file");
        assertThat(nothing.status()).isEqualTo(1);
        assertThat(nothing.err()).contains("nothing was restored");
        var unknown = reprise.run("restore", "flies", "--to", "unknown");
        assertThat(unknown.status()).isEqualTo(20);
        assertThat(unknown.err()).contains("no recovery point holds flies").contains("there are: files");
    }

    @Test
    void a_repository_that_cannot_be_written_is_restored_and_checked_without_a_lock() throws IOException {
        requireMountNamespace();
        var readOnly = new RepriseProcess(home)
                .through(List.of(
                        "unshare",
                        "--map-root-user",
                        "--mount",
                        "sh",
                        "-c",
                        "mount --bind repository repository && mount -o remount,bind,ro repository || exit 99; \"$@\"",
                        "sh"));
        assertThat(readOnly.ok("restore", "files", "--to", "restored").err()).contains("going on without a lock");
        assertThat(TreeHash.of(home.resolve("restored"))).isEqualTo(TreeHash.of(data));
        readOnly.ok("check", "--read-data");
        assertThat(readOnly.run("backup").status()).isEqualTo(1);
    }

    @Test
    void a_missing_pack_is_told_by_status_and_by_the_next_backup() throws IOException {
        Files.delete(largest(home.resolve("repository/data")));

        var status = reprise.run("status");
        assertThat(status.status()).isEqualTo(3);
        assertThat(status.err()).contains("does not exist, an index names").contains("may not be recoverable");
        var backup = reprise.run("backup");
        assertThat(backup.status()).isEqualTo(1);
        assertThat(backup.err()).contains("missing or cut off").contains("restic repair index");
    }

    @Test
    void a_damaged_index_leaves_what_others_name_restorable() throws IOException {
        Path first = largest(home.resolve("repository/index"));
        Map<String, String> saved = TreeHash.of(data);
        fill(data, 8, 2);
        reprise.ok("backup");
        try (Stream<Path> files = Files.list(home.resolve("repository/index"))) {
            for (Path index : files.filter(file -> !file.equals(first)).toList()) {
                flip(index);
            }
        }

        var result = reprise.ok("restore", "files", "--to", "restored", "--point", point(1));

        assertThat(result.err()).contains("index").contains("restic repair index");
        assertThat(TreeHash.of(home.resolve("restored"))).isEqualTo(saved);
        assertThat(reprise.run("backup").err()).contains("restic repair index");
    }

    @Test
    void manifests_that_are_all_gone_are_a_defect() throws IOException {
        Files.move(home.resolve("repository/reprise"), home.resolve("moved"));
        var result = reprise.run("check");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("all manifests are gone");
    }

    @Test
    void the_lock_of_a_dead_process_is_removed_on_request() throws Exception {
        fill(data, 9, 60);
        Process process = reprise.start(home.resolve("log"), "backup");
        Path locks = home.resolve("repository/locks");
        while (process.isAlive() && isEmpty(locks)) {
            Thread.onSpinWait();
        }
        process.destroyForcibly().waitFor();
        assertThat(isEmpty(locks)).isFalse();

        assertThat(reprise.ok("unlock").out()).contains("1 locks removed");
        assertThat(isEmpty(locks)).isTrue();
    }

    @Test
    void output_that_cannot_be_written_is_a_failure() throws Exception {
        Path full = Path.of("/dev/full");
        assumeThat(Files.exists(full)).isTrue();
        var result =
                reprise.through(List.of("sh", "-c", "\"$@\" > /dev/full", "sh")).run("points", "--json");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err()).contains("the output could not be written");
    }

    private static void requireMountNamespace() throws IOException {
        assumeThat(new ProcessBuilder("unshare", "--map-root-user", "--mount", "true")
                        .start()
                        .onExit()
                        .join()
                        .exitValue())
                .as("this user may not make a mount namespace")
                .isZero();
    }

    /// Permission bits count for root as well once it has given up its capabilities.
    private RepriseProcess withoutPrivileges() {
        boolean root = "root".equals(System.getProperty("user.name"));
        return root
                ? new RepriseProcess(home).through(List.of("setpriv", "--inh-caps=-all", "--bounding-set=-all"))
                : reprise;
    }

    private String point(int fromTheEnd) {
        List<String> lines = reprise.ok("points").out().lines().toList();
        return lines.get(lines.size() - 1 - fromTheEnd).split(" ", 2)[0];
    }

    private Set<Path> packs() throws IOException {
        try (Stream<Path> files = Files.walk(home.resolve("repository/data"))) {
            return files.filter(Files::isRegularFile).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.noneMatch(file -> !file.getFileName().toString().contains("-tmp-"));
        }
    }

    private static Path largest(Path where) throws IOException {
        try (Stream<Path> files = Files.walk(where)) {
            return files.filter(Files::isRegularFile)
                    .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void flip(Path file) throws IOException {
        file.toFile().setWritable(true);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var one = ByteBuffer.allocate(1);
            long middle = channel.size() / 2;
            channel.read(one, middle);
            one.put(0, (byte) (one.get(0) ^ 0x10)).rewind();
            channel.write(one, middle);
        }
    }

    private static void fill(Path folder, long seed, int mebibytes) throws IOException {
        var random = new Random(seed);
        for (int i = 0; i < mebibytes; i++) {
            byte[] bytes = new byte[1 << 20];
            random.nextBytes(bytes);
            Files.write(folder.resolve("fresh-%d-%d".formatted(seed, i)), bytes);
        }
    }
}
