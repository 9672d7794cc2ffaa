package dev.reprise.sources.files;

import static dev.reprise.sources.files.Shell.latin1;
import static dev.reprise.sources.files.Shell.raw;
import static dev.reprise.sources.files.Shell.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every writer of a restore must do. Results are looked at with the system's own programs.
interface FileTargetContract {
    FileTarget open(Path folder) throws IOException;

    /// A path from names separated by slashes, Latin-1.
    static List<RawName> at(String path) {
        return path.isEmpty()
                ? List.of()
                : Arrays.stream(path.split("/")).map(Shell::raw).toList();
    }

    /// Metadata of this mode owned by whoever runs the test; times are those of the entry before.
    static FileMeta meta(FileTarget target, String path, int mode, long second, int nano) throws IOException {
        FileMeta now = target.stat(at(path));
        int type = now.unixMode() & 0170000;
        return new FileMeta(type | mode, 0, now.uid(), now.gid(), 0, 0, 1, 0, second, nano, second + 1, nano, 0, 0);
    }

    static void write(FileTarget target, String path, String text, boolean replace) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        try (var file = target.file(at(path), replace)) {
            file.write(0, bytes, 0, bytes.length);
            file.truncate(bytes.length);
        }
    }

    @Test
    default void a_tree_is_written_and_read_back(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            target.directory(at("a/b"), false);
            write(target, "a/b/f", "content", false);
            target.symlink(at("a/link"), raw("b/\u00ff"), false);
            target.link(at("a/second"), at("a/b/f"), false);

            assertThat(run(folder, "find . -printf '%P %y %m %n\\n' | LC_ALL=C sort | tail -n +2"))
                    .isEqualTo("a d 700 3\na/b d 700 2\na/b/f f 600 2\na/link l 777 1\na/second f 600 2");
            assertThat(run(folder, "cat a/second; readlink a/link | od -An -tx1"))
                    .isEqualTo("content 62 2f ff 0a");
            assertThat(latin1(target.names(at("a")))).containsExactly("b", "link", "second");
            assertThat(target.stat(at("a/link")).type()).isEqualTo(FileMeta.Type.SYMLINK);
            assertThat(target.stat(at("")).type()).isEqualTo(FileMeta.Type.DIR);
            assertThatThrownBy(() -> target.stat(at("a/none"))).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> target.names(at("a/b/f"))).hasMessageContaining("is a regular file");
        }
    }

    @Test
    default void names_may_hold_any_byte(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            for (int b = 1; b < 256; b++) {
                if (b != '/') {
                    write(target, "n" + (char) b, "x", false);
                }
            }
            target.directory(at("d\u00e9/\u0001\u00ff"), false);
            write(target, "d\u00e9/\u0001\u00ff/\u0080", "y", false);
        }
        assertThat(run(folder, "ls -A --quoting-style=escape | wc -l; find . -type f -printf . | wc -c"))
                .isEqualTo("255\n255");
        assertThat(run(folder, "cat $'d\\xe9/\\x01\\xff/\\x80' $'n\\xff'")).isEqualTo("yx");
    }

    @Test
    default void the_folder_is_created_for_its_owner_alone(@TempDir Path folder) throws Exception {
        open(folder.resolve("new/inner")).close();
        assertThat(run(folder, "stat -c %a new new/inner")).isEqualTo("700\n700");
        run(folder, "chmod 755 new/inner");
        open(folder.resolve("new/inner")).close();
        assertThat(run(folder, "stat -c %a new/inner")).isEqualTo("755");
    }

    @Test
    default void an_existing_file_keeps_its_content_and_is_changed_in_place(@TempDir Path folder) throws Exception {
        run(folder, "printf 0123456789 > f");
        try (var target = open(folder);
                var file = target.file(at("f"), false)) {
            assertThat(file.size()).isEqualTo(10);
            file.write(3, "-ABC-".getBytes(UTF_8), 1, 3);
            byte[] read = new byte[20];
            assertThat(file.read(2, read, 1, 19)).isEqualTo(8);
            assertThat(new String(read, 1, 8, UTF_8)).isEqualTo("2ABC6789");
            assertThat(file.read(10, read, 0, 1)).isEqualTo(-1);
            file.truncate(5);
        }
        assertThat(run(folder, "cat f")).isEqualTo("012AB");
    }

    @Test
    default void growing_a_file_leaves_a_hole_of_zeros(@TempDir Path folder) throws Exception {
        try (var target = open(folder);
                var file = target.file(at("f"), false)) {
            file.truncate(3L << 30);
            file.write((3L << 30) - 1, new byte[] {7}, 0, 1);
            byte[] one = {1};
            assertThat(file.read(2L << 30, one, 0, 1)).isEqualTo(1);
            assertThat(one).containsExactly(0);
        }
        assertThat(run(folder, "stat -c %s f")).isEqualTo("3221225472");
        assertThat(Long.parseLong(run(folder, "stat -c %b f"))).isLessThan(1000);
    }

    @Test
    default void large_writes_arrive_whole(@TempDir Path folder) throws Exception {
        byte[] bytes = new byte[1_000_003];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 7 + (i >> 9));
        }
        try (var target = open(folder);
                var file = target.file(at("f"), false)) {
            file.write(5, bytes, 2, bytes.length - 2);
        }
        byte[] found = Files.readAllBytes(folder.resolve("f"));
        assertThat(found).hasSize(bytes.length + 3);
        assertThat(Arrays.equals(found, 5, found.length, bytes, 2, bytes.length))
                .isTrue();
    }

    @Test
    default void a_file_with_other_names_is_replaced_so_that_they_keep_their_content(@TempDir Path folder)
            throws Exception {
        run(folder, "printf old > f; ln f other");
        try (var target = open(folder)) {
            write(target, "f", "new", false);
        }
        assertThat(run(folder, "cat f other; stat -c %h f other")).isEqualTo("newold1\n1");
    }

    @Test
    default void what_is_in_the_way_stays_unless_it_may_be_replaced(@TempDir Path folder) throws Exception {
        run(folder, "mkdir dir; ln -s nowhere link; mkfifo fifo; printf x > file");
        try (var target = open(folder)) {
            for (String name : List.of("dir", "link", "fifo")) {
                assertThatThrownBy(() -> target.file(at(name), false))
                        .isInstanceOf(FileAlreadyExistsException.class)
                        .hasMessageStartingWith(folder + "/" + name + ": is a");
            }
            assertThatThrownBy(() -> target.symlink(at("file"), raw("t"), false))
                    .hasMessage(folder + "/file: is a regular file");
            assertThatThrownBy(() -> target.link(at("dir"), at("file"), false)).hasMessageEndingWith("is a directory");
            assertThatThrownBy(() -> target.directory(at("file/inner"), false))
                    .hasMessage(folder + "/file: is a regular file, not a directory");
            assertThatThrownBy(() -> target.directory(at("link"), false))
                    .hasMessage(folder + "/link: is a symbolic link, not a directory");
            assertThat(run(folder, "ls | wc -l; cat file")).isEqualTo("4\nx");

            write(target, "dir", "1", true);
            write(target, "link", "2", true);
            write(target, "fifo", "3", true);
            target.directory(at("file/inner"), true);
        }
        assertThat(run(folder, "cat dir link fifo; stat -c %F file/inner")).isEqualTo("123directory");
    }

    @Test
    default void a_directory_that_is_not_empty_is_never_replaced(@TempDir Path folder) throws Exception {
        run(folder, "mkdir dir; : > dir/kept; : > f");
        try (var target = open(folder)) {
            assertThatThrownBy(() -> target.file(at("dir"), true)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> target.symlink(at("dir"), raw("x"), true)).isInstanceOf(IOException.class);
            assertThatThrownBy(() -> target.link(at("dir"), at("f"), true)).isInstanceOf(IOException.class);
        }
        assertThat(run(folder, "ls dir")).isEqualTo("kept");
    }

    @Test
    default void a_directory_replaced_by_a_file_is_no_longer_used(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            target.directory(at("d/e"), false);
            target.delete(at("d/e"));
            write(target, "d/e", "file", false);
            assertThatThrownBy(() -> target.file(at("d/e/f"), true)).hasMessageContaining("not a directory");
            target.directory(at("d/e"), true);
            write(target, "d/e/f", "deep", false);
        }
        assertThat(run(folder, "cat d/e/f")).isEqualTo("deep");
    }

    @Test
    default void a_planted_link_is_never_followed(@TempDir Path outer) throws Exception {
        run(
                outer,
                "mkdir target elsewhere; printf secret > elsewhere/passwd; chmod 600 elsewhere/passwd;"
                        + " ln -s ../elsewhere target/a; mkdir target/d; ln -s ../../elsewhere/passwd target/d/passwd;"
                        + " ln -s ../../elsewhere target/d/e");
        String before = run(outer, "find elsewhere -printf '%p %i %m %s %T@ %C@\\n'");
        FileMeta someFile = new FileMeta(0100777, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0);
        FileMeta someDir = new FileMeta(0040777, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0);
        try (var target = open(outer.resolve("target"))) {
            assertThatThrownBy(() -> target.file(at("a/passwd"), true))
                    .hasMessageEndingWith("/target/a: is a symbolic link, not a directory");
            assertThatThrownBy(() -> target.symlink(at("a/x"), raw("y"), true)).hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> target.link(at("a/x"), at("a/passwd"), true))
                    .hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> target.link(at("hard"), at("d/passwd"), true))
                    .hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> target.delete(at("a/passwd"))).hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> target.stat(at("a/passwd"))).hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> target.read(at("a/passwd"))).hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> target.read(at("d/passwd"))).hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> target.names(at("d/e"))).hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> target.metadata(at("d/passwd"), someFile, List.of()))
                    .hasMessageContaining("symbolic link");
            assertThatThrownBy(() -> target.metadata(at("d/e"), someDir, List.of()))
                    .hasMessageContaining("symbolic link");

            target.directory(at("a"), true);
            write(target, "a/passwd", "restored", true);
            write(target, "d/passwd", "restored", true);
            target.delete(at("d"));
        }
        assertThat(run(outer, "find elsewhere -printf '%p %i %m %s %T@ %C@\\n'"))
                .isEqualTo(before);
        assertThat(run(outer, "cat elsewhere/passwd target/a/passwd; ls target"))
                .isEqualTo("secretrestoreda");
    }

    @Test
    default void a_name_that_leads_elsewhere_is_refused(@TempDir Path outer) throws Exception {
        run(outer, "mkdir target; : > victim");
        try (var target = open(outer.resolve("target"))) {
            for (RawName hostile : List.of(raw(".."), raw("."), raw(""), raw("../victim"), raw("a\u0000b"))) {
                List<RawName> last = List.of(hostile);
                List<RawName> inner = List.of(hostile, raw("victim"));
                for (List<RawName> path : List.of(last, inner)) {
                    assertThatThrownBy(() -> target.directory(path, true)).hasMessageContaining("not a plain name");
                    assertThatThrownBy(() -> target.file(path, true)).hasMessageContaining("not a plain name");
                    assertThatThrownBy(() -> target.read(path)).hasMessageContaining("not a plain name");
                    assertThatThrownBy(() -> target.symlink(path, raw("t"), true))
                            .hasMessageContaining("not a plain name");
                    assertThatThrownBy(() -> target.delete(path)).hasMessageContaining("not a plain name");
                    assertThatThrownBy(() -> target.stat(path)).hasMessageContaining("not a plain name");
                    assertThatThrownBy(() -> target.link(path, path, true)).hasMessageContaining("not a plain name");
                    assertThatThrownBy(() -> target.metadata(path, target.stat(at("")), List.of()))
                            .hasMessageContaining("not a plain name");
                }
            }
            assertThatThrownBy(() -> target.delete(at(""))).hasMessageContaining("folder itself");
            assertThatThrownBy(() -> target.file(at(""), true)).hasMessageContaining("folder itself");
        }
        assertThat(run(outer, "ls; ls target")).isEqualTo("target\nvictim");
    }

    @Test
    default void linking_a_file_to_itself_keeps_it(@TempDir Path folder) throws Exception {
        run(folder, "printf kept > f; ln f g");
        try (var target = open(folder)) {
            target.link(at("g"), at("f"), true);
            target.link(at("f"), at("f"), true);
        }
        assertThat(run(folder, "cat f g; stat -c %h f")).isEqualTo("keptkept2");
    }

    @Test
    default void mode_and_times_are_applied(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            write(target, "f", "x", false);
            write(target, "zero", "x", false);
            target.directory(at("d"), false);
            assertThat(target.metadata(at("f"), meta(target, "f", 06755, 2, 123456789), List.of()))
                    .isEmpty();
            assertThat(target.metadata(at("zero"), meta(target, "zero", 0, 4102542245L, 999999000), List.of()))
                    .isEmpty();
            assertThat(target.metadata(at("d"), meta(target, "d", 03770, 1, 5000), List.of()))
                    .isEmpty();
            assertThat(target.metadata(at(""), meta(target, "", 01750, 7, 0), List.of()))
                    .isEmpty();
        }
        assertThat(run(folder, "stat -c '%n %a %.9Y %.9X' f zero d .")).isEqualTo("""
                        f 6755 2.123456789 3.123456789
                        zero 0 4102542245.999999000 4102542246.999999000
                        d 3770 1.000005000 2.000005000
                        . 1750 7.000000000 8.000000000""");
        run(folder, "chmod 700 . d");
    }

    @Test
    default void a_time_before_1970_is_applied_or_reported(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            write(target, "f", "x", false);
            List<String> problems = target.metadata(at("f"), meta(target, "f", 0640, -2, 123456789), List.of());
            String time = run(folder, "stat -c %.9Y f");
            assertThat(problems.isEmpty() ? time : problems.getFirst())
                    .isEqualTo(oldTimes() ? "-1.876543211" : "times were not set: the system has 1970-01-01T00:00:00Z");
        }
    }

    /// Whether times before 1970 with a fraction can be set.
    default boolean oldTimes() {
        return true;
    }

    @Test
    default void attributes_that_are_not_listed_are_removed(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            write(target, "f", "x", false);
            FileMeta meta = meta(target, "f", 0644, 1, 1);
            var old = new Xattr(raw("user.old"), new byte[] {1});
            var same = new Xattr(raw("user.same"), new byte[] {2, 0, 3});
            assertThat(target.metadata(at("f"), meta, List.of(old, same))).isEmpty();
            assertThat(attributes(folder, "f")).containsExactly("user.old=01", "user.same=020003");

            var empty = new Xattr(raw("user.empty"), new byte[0]);
            var changed = new Xattr(raw("user.same"), "n".repeat(1500).getBytes(UTF_8));
            assertThat(target.metadata(at("f"), meta, List.of(empty, changed))).isEmpty();
            assertThat(attributes(folder, "f")).containsExactly("user.empty=", "user.same=" + "6e".repeat(1500));
        }
    }

    static List<String> attributes(Path folder, String name) throws IOException {
        try (var directory = FileTree.local().open(Shell.path(folder))) {
            return Shell.text(directory.xattrs(raw(name), directory.stat(raw(name))));
        }
    }

    @Test
    default void an_attribute_that_cannot_be_set_is_reported_and_the_rest_done(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            write(target, "f", "x", false);
            var unknown = new Xattr(raw("nonsense.name"), new byte[] {1});
            List<String> problems = target.metadata(at("f"), meta(target, "f", 0640, 9, 0), List.of(unknown));
            assertThat(problems).hasSize(1).first().asString().startsWith("extended attribute nonsense.name ");
        }
        assertThat(run(folder, "stat -c '%a %Y' f")).isEqualTo("640 9");
    }

    @Test
    default void metadata_of_one_type_is_not_applied_to_another(@TempDir Path folder) throws Exception {
        run(folder, "mkdir d");
        try (var target = open(folder)) {
            var file = new FileMeta(0106777, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0);
            assertThatThrownBy(() -> target.metadata(at("d"), file, List.of()))
                    .hasMessage(folder + "/d: is a directory, not a regular file");
        }
    }

    @Test
    default void a_directory_is_removed_with_all_it_contains(@TempDir Path folder) throws Exception {
        run(
                folder,
                "mkdir -p d/e/f d/g d/h/i/j; seq -f 'd/e/%g' 1 500 | xargs touch; ln -s ../kept d/link;"
                        + " mkfifo d/fifo; : > kept; ln -s / d/g/root; : > lone");
        try (var target = open(folder)) {
            target.delete(at("d"));
            target.delete(at("lone"));
            assertThatThrownBy(() -> target.delete(at("missing"))).isInstanceOf(NoSuchFileException.class);
        }
        assertThat(run(folder, "ls")).isEqualTo("kept");
    }

    @Test
    default void what_is_closed_cannot_be_used_and_closes_again(@TempDir Path folder) throws Exception {
        var target = open(folder);
        var file = target.file(at("f"), false);
        file.close();
        file.close();
        target.close();
        target.close();
        assertThatThrownBy(() -> file.write(0, new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(file::size).isInstanceOf(IllegalStateException.class);
    }

    @Test
    default void no_descriptor_stays_open(@TempDir Path folder) throws Exception {
        run(folder, "mkdir full; : > full/f; ln -s full link");
        for (int round = 0; round < 3; round++) {
            try (var target = open(folder)) {
                for (int i = 0; i < 200; i++) {
                    target.directory(at("d" + i + "/e"), true);
                    write(target, "d" + i + "/e/f", "x", true);
                    target.metadata(at("d" + i), meta(target, "d" + i, 0755, 1, 1), List.of());
                }
                assertThatThrownBy(() -> target.file(at("full"), true)).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> target.file(at("link/x"), true)).isInstanceOf(IOException.class);
                target.names(at("d1/e"));
                target.delete(at("d3"));
            }
        }
        assertThat(Shell.descriptorsBelow(folder)).isZero();
    }
}
