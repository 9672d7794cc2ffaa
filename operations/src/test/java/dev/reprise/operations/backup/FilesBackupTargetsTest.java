package dev.reprise.operations.backup;

import static dev.reprise.operations.backup.Bench.in;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.repository.tree.NodeType;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How targets shape the root tree (repository format, section 7.2), as restic 0.19.1 does it.
class FilesBackupTargetsTest {
    @TempDir
    Path folder;

    private final Bench bench = new Bench();
    private Path top = Path.of("/");

    @BeforeEach
    void fill() throws IOException {
        top = folder.toRealPath();
        folder = Files.createDirectories(top.resolve("home/me"));
        Files.createDirectories(folder.resolve("foo"));
        Files.createDirectories(folder.resolve("sub/deep"));
        Files.createDirectories(top.resolve("home/foo"));
        Files.writeString(folder.resolve("foo/f"), "1");
        Files.writeString(folder.resolve("sub/deep/h"), "2");
        Files.writeString(folder.resolve("sub/other"), "3");
        Files.writeString(top.resolve("home/foo/g"), "4");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("sub"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private Set<String> saved(String... targets) {
        return bench.all(bench.backup(in(folder).targets(targets).request())).keySet();
    }

    @Test
    void a_dot_stands_for_its_entries() {
        assertThat(saved("."))
                .containsExactly("/foo", "/foo/f", "/link", "/sub", "/sub/deep", "/sub/deep/h", "/sub/other");
    }

    @Test
    void two_dots_stand_for_the_entries_above() {
        assertThat(saved("..")).contains("/foo/g", "/me/foo/f", "/me/sub/deep/h");
    }

    @Test
    void an_absolute_target_has_only_the_needed_directories_above_it_with_their_metadata() throws IOException {
        Path target = folder.resolve("sub/deep");
        SavedTree saved = bench.backup(in(folder).targets(target.toString()).request());
        String above = folder.resolve("sub").toString();
        assertThat(bench.all(saved).keySet().stream().filter(path -> path.startsWith(folder.toString())))
                .containsExactly(folder.toString(), above, target.toString(), target + "/h");
        assertThat(bench.node(saved, above).inode())
                .isEqualTo(((Number) Files.getAttribute(folder.resolve("sub"), "unix:ino")).longValue());
        assertThat(bench.node(saved, above).type()).isEqualTo(NodeType.DIR);
        assertThat(saved.paths()).containsExactly(target.toString());
        assertThat(saved.counts().dirsNew()).isEqualTo(target.getNameCount());
    }

    @Test
    void a_relative_target_is_stored_as_typed() {
        assertThat(saved("sub/deep/")).containsExactly("/sub", "/sub/deep", "/sub/deep/h");
        assertThat(saved("./sub//deep/../deep")).containsExactly("/sub", "/sub/deep", "/sub/deep/h");
    }

    @Test
    void leading_dots_are_dropped() {
        assertThat(saved("../foo")).containsExactly("/foo", "/foo/g");
        assertThat(saved("../me/foo/f")).containsExactly("/me", "/me/foo", "/me/foo/f");
    }

    @Test
    void the_same_first_name_gets_a_number() {
        assertThat(saved("foo", "../foo")).containsExactly("/foo", "/foo-1", "/foo-1/g", "/foo/f");
    }

    @Test
    void repeated_targets_are_saved_once_and_listed_twice() {
        SavedTree saved =
                bench.backup(in(folder).targets("foo", "./foo", "foo/").request());
        assertThat(bench.all(saved)).containsOnlyKeys("/foo", "/foo/f");
        String path = folder.resolve("foo").toString();
        assertThat(saved.paths()).containsExactly(path, path, path);
        assertThat(saved.counts().totalFiles()).isEqualTo(1);
    }

    @Test
    void a_target_inside_another_changes_nothing() {
        assertThat(saved("sub", "sub/deep")).containsExactlyElementsOf(saved("sub"));
        assertThat(saved("sub/deep/h", "sub")).containsExactlyElementsOf(saved("sub"));
        SavedTree plain = bench.backup(in(folder).targets("sub").request());
        SavedTree twice = bench.backup(in(folder).targets("sub/deep", "sub").request());
        assertThat(twice.tree()).isEqualTo(plain.tree());
    }

    @Test
    void a_file_can_be_a_target() {
        assertThat(saved("foo/f")).containsExactly("/foo", "/foo/f");
        assertThat(saved(folder + "/foo/f")).contains(folder + "/foo/f");
    }

    @Test
    void a_link_is_a_target_itself_and_a_directory_on_the_way() {
        SavedTree link = bench.backup(in(folder).targets("link").request());
        assertThat(bench.node(link, "/link").type()).isEqualTo(NodeType.SYMLINK);
        SavedTree through = bench.backup(in(folder).targets("link/deep").request());
        assertThat(bench.node(through, "/link").type()).isEqualTo(NodeType.DIR);
        assertThat(bench.all(through)).containsOnlyKeys("/link", "/link/deep", "/link/deep/h");
    }

    @Test
    void a_link_that_is_a_target_and_on_the_way_to_another_is_entered() {
        assertThat(saved("link", "link/deep")).containsExactly("/link", "/link/deep", "/link/deep/h", "/link/other");
    }

    @Test
    void a_missing_target_is_reported_and_not_among_the_paths() {
        SavedTree saved = bench.backup(in(folder).targets("gone", "foo").request());
        assertThat(saved.paths()).containsExactly(folder.resolve("foo").toString());
        assertThat(saved.unreadable()).isEqualTo(1);
        assertThat(bench.unreadable()).containsExactly(folder.resolve("gone") + ": does not exist");
    }

    @Test
    void the_parent_is_found_by_the_path_in_the_snapshot() {
        SavedTree first = bench.backup(in(folder).targets("foo", "../foo").request());
        var files = new WatchedTree();
        SavedTree second =
                bench.backup(in(folder).targets("foo", "../foo").since(first).request(), files);
        assertThat(files.filesOpened()).isZero();
        assertThat(second.tree()).isEqualTo(first.tree());
    }

    @Test
    void a_directory_above_that_may_not_be_listed_is_passed() {
        Path above = folder.resolve("sub");
        var files = new WatchedTree((call, path) -> {
            if (call.equals("open") && path.equals(above.toString())) {
                throw new AccessDeniedException(path);
            }
        });
        SavedTree saved = bench.backup(in(folder).targets("sub/deep").request(), files);
        assertThat(bench.all(saved)).containsOnlyKeys("/sub", "/sub/deep", "/sub/deep/h");
        assertThat(saved.unreadable()).isZero();
    }
}
