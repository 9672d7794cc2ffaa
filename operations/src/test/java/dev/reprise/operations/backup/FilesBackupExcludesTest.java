package dev.reprise.operations.backup;

import static dev.reprise.operations.backup.Bench.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.operations.OperationException;
import dev.reprise.repository.tree.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Repository format, section 11.4; the outcomes are those of restic 0.19.1 for the same files.
class FilesBackupExcludesTest {
    private static final String SIGNATURE = "Signature: 8a477f597d28d172789f06886806bc55";

    @TempDir
    Path folder;

    private final Bench bench = new Bench();

    @BeforeEach
    void fill() throws IOException {
        folder = Files.createDirectory(folder.toRealPath().resolve("data"));
        Files.createDirectories(folder.resolve("x/c"));
        Files.createDirectories(folder.resolve("sub/foo"));
        Files.createDirectories(folder.resolve("foo"));
        Files.writeString(folder.resolve("x/b"), "b");
        Files.writeString(folder.resolve("x/c/d"), "d");
        Files.writeString(folder.resolve("sub/foo/g"), "g");
        Files.writeString(folder.resolve("foo/f"), "f");
        Files.writeString(folder.resolve("plain.o"), "o");
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Set<String> saved(Bench.Ask ask) {
        return bench.all(bench.backup(ask.request())).keySet();
    }

    @Test
    void a_pattern_keeps_out_what_it_matches_and_everything_below() {
        assertThat(saved(in(folder).exclude("foo", "*.o"))).containsExactly("/sub", "/x", "/x/b", "/x/c", "/x/c/d");
    }

    @Test
    void a_path_the_user_names_is_never_excluded_but_its_content_is() {
        assertThat(saved(in(folder).exclude("foo").targets("foo"))).containsExactly("/foo");
        assertThat(saved(in(folder).exclude("*.o").targets("plain.o"))).containsExactly("/plain.o");
    }

    @Test
    void the_entries_of_a_dot_are_not_named_by_the_user() {
        assertThat(saved(in(folder).exclude("foo", "x", "sub"))).containsExactly("/plain.o");
    }

    @Test
    void what_leads_to_a_named_target_is_kept_and_only_that() {
        assertThat(saved(in(folder).exclude("x", "foo").targets("../data", "x/b", "../data/x/b")))
                .containsExactly("/data", "/data/plain.o", "/data/sub", "/data/x", "/data/x/b", "/x", "/x/b");
    }

    @Test
    void excluding_everything_is_no_snapshot() {
        assertThatThrownBy(() -> saved(in(folder).exclude("*")))
                .isInstanceOf(OperationException.class)
                .hasMessageContaining("everything is excluded");
    }

    @Test
    void a_tag_file_keeps_itself_and_its_directory() throws IOException {
        Files.writeString(folder.resolve("x/nobackup"), "whatever");
        assertThat(saved(in(folder).targets("x").excludeIfPresent("nobackup", "")))
                .containsExactly("/x", "/x/nobackup");
    }

    @Test
    void a_header_must_begin_the_tag_file() throws IOException {
        Files.writeString(folder.resolve("x/tag"), "magic and more");
        Files.writeString(folder.resolve("foo/tag"), "magi");
        Files.createFile(folder.resolve("sub/tag"));
        assertThat(saved(in(folder).excludeIfPresent("tag", "magic")))
                .containsExactly(
                        "/foo",
                        "/foo/f",
                        "/foo/tag",
                        "/plain.o",
                        "/sub",
                        "/sub/foo",
                        "/sub/foo/g",
                        "/sub/tag",
                        "/x",
                        "/x/tag");
        assertThat(bench.events(BackupEvent.Warning.class))
                .extracting(BackupEvent.Warning::fact)
                .hasSize(2)
                .allMatch(fact -> fact.contains("tag") && fact.contains("does not begin as expected"));
    }

    @Test
    void a_cache_directory_keeps_only_its_tag() throws IOException {
        Files.writeString(folder.resolve("x/CACHEDIR.TAG"), SIGNATURE + "\n# made by a test");
        Files.writeString(folder.resolve("foo/CACHEDIR.TAG"), SIGNATURE.replace('8', '9'));
        assertThat(saved(in(folder).targets("x", "foo").excludeCaches()))
                .containsExactly("/foo", "/foo/CACHEDIR.TAG", "/foo/f", "/x", "/x/CACHEDIR.TAG");
        assertThat(saved(in(folder.resolve("x")).excludeCaches())).containsExactly("/CACHEDIR.TAG");
    }

    @Test
    void two_tag_files_exclude_each_other() throws IOException {
        Files.writeString(folder.resolve("x/CACHEDIR.TAG"), SIGNATURE);
        Files.createFile(folder.resolve("x/nobackup"));
        assertThat(saved(in(folder).targets("x").excludeCaches().excludeIfPresent("nobackup", "")))
                .containsExactly("/x");
    }

    @Test
    void a_target_inside_a_cache_directory_is_kept_when_named() throws IOException {
        Files.writeString(folder.resolve("x/CACHEDIR.TAG"), SIGNATURE);
        assertThat(saved(in(folder).targets("x", "x/c").excludeCaches()))
                .containsExactly("/x", "/x/CACHEDIR.TAG", "/x/c", "/x/c/d");
    }

    @Test
    void files_strictly_larger_than_the_limit_stay_out() throws IOException {
        Files.write(folder.resolve("ten"), new byte[10]);
        Files.write(folder.resolve("eleven"), new byte[11]);
        Files.createSymbolicLink(folder.resolve("short"), Path.of("0123456789"));
        Files.createSymbolicLink(folder.resolve("long"), Path.of("0123456789a"));
        assertThat(saved(in(folder).exclude("foo", "sub", "x").largerThan(10)))
                .containsExactly("/plain.o", "/short", "/ten");
        assertThat(saved(in(folder).targets("eleven").largerThan(10))).containsExactly("/eleven");
        assertThat(saved(in(folder).targets("x").largerThan(0))).containsExactly("/x", "/x/c");
    }

    @Test
    void a_mount_point_is_an_empty_directory_with_the_mounted_device() {
        var files = new WatchedTree().mounted(folder + "/x", 77);
        var saved = bench.backup(in(folder).oneFileSystem().request(), files);
        assertThat(bench.all(saved)).containsKey("/x").doesNotContainKeys("/x/b", "/x/c");
        Node mount = bench.node(saved, "/x");
        assertThat(mount.deviceId()).isEqualTo(77);
        assertThat(bench.nodes(Objects.requireNonNull(mount.subtree()))).isEmpty();
    }

    @Test
    void a_mounted_file_stays_out() {
        var files = new WatchedTree().mounted(folder + "/x/b", 77);
        var saved = bench.backup(in(folder).targets("x").oneFileSystem().request(), files);
        assertThat(bench.all(saved)).containsOnlyKeys("/x", "/x/c", "/x/c/d");
    }

    @Test
    void a_mount_point_that_is_a_target_is_entered() {
        var files = new WatchedTree().mounted(folder + "/x", 77);
        var both = in(folder).targets(".", "x").oneFileSystem().request();
        assertThat(bench.all(bench.backup(both, files))).containsKeys("/x/b", "/x/c/d", "/foo/f");
        var inside = in(folder).targets(".", "x/c").oneFileSystem().request();
        assertThat(bench.all(bench.backup(inside, files))).containsKeys("/x/c/d", "/foo/f");
    }

    @Test
    void other_file_systems_are_entered_unless_told_otherwise() {
        var files = new WatchedTree().mounted(folder + "/x", 77);
        assertThat(bench.all(bench.backup(in(folder).request(), files))).containsKeys("/x/b", "/x/c/d");
    }
}
