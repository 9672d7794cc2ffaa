package dev.reprise.sources.files;

import static dev.reprise.sources.files.Shell.latin1;
import static dev.reprise.sources.files.Shell.path;
import static dev.reprise.sources.files.Shell.raw;
import static dev.reprise.sources.files.Shell.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.RawName;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every reader of a file system must do. The entries are made by the system's own programs.
interface FileTreeContract {
    FileTree tree();

    @Test
    default void names_hold_every_byte_but_zero_and_slash(@TempDir Path folder) throws Exception {
        run(
                folder,
                "for i in $(seq 1 255); do [ $i = 47 ] && continue;"
                        + " name=$(printf \"\\\\x$(printf %02x $i)x\"); : > \"n$name\"; done");

        List<String> expected = IntStream.rangeClosed(1, 255)
                .filter(b -> b != '/')
                .mapToObj(b -> "n" + (char) b + "x")
                .toList();
        try (var directory = tree().open(path(folder))) {
            assertThat(latin1(directory.names())).isEqualTo(expected);
            for (RawName name : directory.names()) {
                assertThat(directory.stat(name).type()).isEqualTo(FileMeta.Type.FILE);
                directory.openFile(name).close();
            }
        }
    }

    @Test
    default void names_are_sorted_by_unsigned_bytes(@TempDir Path folder) throws Exception {
        run(folder, ": > $'\\xff'; : > a; : > $'\\x7f'; : > ab; : > A; : > $'\\x80'; : > .hidden; : > ...");

        try (var directory = tree().open(path(folder))) {
            assertThat(latin1(directory.names()))
                    .containsExactly("...", ".hidden", "A", "a", "ab", "\u007f", "\u0080", "\u00ff");
        }
    }

    @Test
    default void a_directory_is_listed_again_from_the_start(@TempDir Path folder) throws Exception {
        run(folder, ": > one");
        try (var directory = tree().open(path(folder))) {
            assertThat(latin1(directory.names())).containsExactly("one");
            run(folder, ": > two");
            assertThat(latin1(directory.names())).containsExactly("one", "two");
        }
    }

    @Test
    default void twenty_thousand_entries_are_all_listed(@TempDir Path folder) throws Exception {
        run(folder, "seq -f 'entry-with-a-name-of-some-length-%06g' 1 20000 | xargs touch");

        try (var directory = tree().open(path(folder))) {
            List<String> names = latin1(directory.names());
            assertThat(names).hasSize(20000).doesNotHaveDuplicates().isSorted();
            assertThat(names.getFirst()).isEqualTo("entry-with-a-name-of-some-length-000001");
            assertThat(names.getLast()).isEqualTo("entry-with-a-name-of-some-length-020000");
        }
    }

    @Test
    default void threads_list_one_open_directory_at_the_same_time(@TempDir Path folder) throws Exception {
        run(folder, "seq 1 1000 | xargs touch");
        try (var directory = tree().open(path(folder));
                var threads = Executors.newFixedThreadPool(4)) {
            Callable<Integer> listing = () -> directory.names().size();
            var results = new ArrayList<Integer>();
            for (var result : threads.invokeAll(List.of(listing, listing, listing, listing, listing, listing))) {
                results.add(result.get());
            }
            assertThat(results).containsOnly(1000);
        }
    }

    @Test
    default void a_link_target_that_is_not_utf8_keeps_its_bytes(@TempDir Path folder) throws Exception {
        run(folder, "ln -s $'bad-\\xff-target' relative; ln -s $'/abs/\\xe9' absolute; ln -s ../up/plain plain");

        try (var directory = tree().open(path(folder))) {
            assertThat(latin1(directory.readLink(raw("relative")))).isEqualTo("bad-\u00ff-target");
            assertThat(latin1(directory.readLink(raw("absolute")))).isEqualTo("/abs/\u00e9");
            assertThat(latin1(directory.readLink(raw("plain")))).isEqualTo("../up/plain");
            assertThat(directory.stat(raw("plain")).type()).isEqualTo(FileMeta.Type.SYMLINK);
        }
    }

    @Test
    default void stat_gives_what_the_system_gives(@TempDir Path folder) throws Exception {
        run(
                folder,
                "printf 12345 > f; chmod 4751 f; touch -d '1969-12-31T23:59:58.000000001Z' f; ln f g;"
                        + " mkdir d; chmod 3711 d; touch -d '2100-01-02T03:04:05.999999999Z' d;"
                        + " touch -a -d '2001-02-03T04:05:06.123456789Z' f");

        try (var directory = tree().open(path(folder))) {
            FileMeta file = directory.stat(raw("f"));
            assertThat(file.unixMode()).isEqualTo(0104751);
            assertThat(file.size()).isEqualTo(5);
            assertThat(file.links()).isEqualTo(2);
            assertThat(file.mtimeSecond()).isEqualTo(-2);
            assertThat(file.mtimeNano()).isEqualTo(1);
            assertThat(file.atimeSecond()).isEqualTo(981173106);
            assertThat(file.atimeNano()).isEqualTo(123456789);
            FileMeta inner = directory.stat(raw("d"));
            assertThat(inner.unixMode()).isEqualTo(0043711);
            assertThat(inner.mtimeSecond()).isEqualTo(4102542245L);
            assertThat(inner.mtimeNano()).isEqualTo(999999999);
            assertThat(directory.stat(raw("g")).inode()).isEqualTo(file.inode());
            assertThat(systemView(file)).isEqualTo(run(folder, "stat -c '%i %d %u %g %h' f"));
            assertThat(file.ctimeSecond()).isEqualTo(Long.parseLong(run(folder, "stat -c %Z f")));
            assertThat(tree().stat(path(folder.resolve("f")))).isEqualTo(file);
            try (var opened = directory.openDirectory(raw("d"))) {
                assertThat(opened.meta()).isEqualTo(inner);
            }
        }
    }

    private static String systemView(FileMeta meta) {
        return "%d %d %d %d %d".formatted(meta.inode(), meta.device(), meta.uid(), meta.gid(), meta.links());
    }

    @Test
    default void the_numbers_of_a_device_node_are_those_of_stat() throws Exception {
        try (var directory = tree().open(raw("/dev"))) {
            FileMeta meta = directory.stat(raw("null"));
            assertThat(meta.type()).isEqualTo(FileMeta.Type.CHAR_DEVICE);
            assertThat(meta.rdev()).isEqualTo(259);
        }
    }

    @Test
    default void the_last_component_of_a_path_is_not_followed(@TempDir Path folder) throws Exception {
        run(folder, "mkdir real; ln -s real link");

        assertThat(tree().stat(path(folder.resolve("link"))).type()).isEqualTo(FileMeta.Type.SYMLINK);
        assertThat(tree().stat(raw(folder + "/link/")).type()).isEqualTo(FileMeta.Type.SYMLINK);
        assertThatThrownBy(() -> tree().open(path(folder.resolve("link"))))
                .isInstanceOf(FileSystemException.class)
                .hasMessage(folder + "/link: is a symbolic link, not a directory");
        try (var directory = tree().open(path(folder))) {
            assertThatThrownBy(() -> directory.openDirectory(raw("link")))
                    .hasMessage(folder + "/link: is a symbolic link, not a directory");
        }
    }

    @Test
    default void only_a_regular_file_is_opened_and_nothing_waits(@TempDir Path folder) throws Exception {
        run(folder, "mkfifo fifo; : > file; ln -s file link; mkdir dir; rm -f s");
        try (var directory = tree().open(path(folder));
                var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(folder.resolve("socket")));

            assertThatThrownBy(() -> directory.openFile(raw("fifo")))
                    .hasMessage(folder + "/fifo: is a FIFO, not a regular file");
            assertThatThrownBy(() -> directory.openFile(raw("link")))
                    .hasMessage(folder + "/link: is a symbolic link, not a regular file");
            assertThatThrownBy(() -> directory.openFile(raw("dir")))
                    .hasMessage(folder + "/dir: is a directory, not a regular file");
            assertThatThrownBy(() -> directory.openFile(raw("socket")))
                    .hasMessage(folder + "/socket: is a socket, not a regular file");
            assertThat(directory.stat(raw("socket")).type()).isEqualTo(FileMeta.Type.SOCKET);
            assertThat(directory.stat(raw("fifo")).type()).isEqualTo(FileMeta.Type.FIFO);
        }
    }

    @Test
    default void content_is_read_at_any_position(@TempDir Path folder) throws Exception {
        byte[] content = new byte[700_001];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + (i >> 8));
        }
        Files.write(folder.resolve("f"), content);
        try (var directory = tree().open(path(folder));
                var file = directory.openFile(raw("f"))) {
            byte[] all = new byte[content.length + 10];
            assertThat(file.read(0, all, 5, all.length - 5)).isEqualTo(content.length);
            assertThat(all).startsWith(0, 0, 0, 0, 0, content[0], content[1]).endsWith(content[700_000], 0, 0, 0, 0, 0);
            assertThat(Arrays.equals(all, 5, 5 + content.length, content, 0, content.length))
                    .isTrue();
            assertThat(file.read(content.length, all, 0, 1)).isEqualTo(-1);
            assertThat(file.read(content.length - 3, all, 0, 10)).isEqualTo(3);
            assertThatThrownBy(() -> file.read(0, all, all.length, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    default void an_open_file_shows_its_present_size(@TempDir Path folder) throws Exception {
        run(folder, "printf abc > f; truncate -s 5G sparse");
        try (var directory = tree().open(path(folder));
                var file = directory.openFile(raw("f"))) {
            assertThat(file.meta().size()).isEqualTo(3);
            run(folder, "printf defg >> f");
            assertThat(file.meta().size()).isEqualTo(7);
            assertThat(file.read(3, new byte[9], 0, 9)).isEqualTo(4);
            assertThat(directory.stat(raw("sparse")).size()).isEqualTo(5368709120L);
            try (var sparse = directory.openFile(raw("sparse"))) {
                byte[] end = {1, 1};
                assertThat(sparse.read(5368709118L, end, 0, 2)).isEqualTo(2);
                assertThat(end).containsExactly(0, 0);
            }
        }
    }

    @Test
    default void a_vanished_entry_is_named(@TempDir Path folder) throws Exception {
        run(folder, ": > gone");
        try (var directory = tree().open(path(folder))) {
            List<RawName> names = directory.names();
            Files.delete(folder.resolve("gone"));

            assertThatThrownBy(() -> directory.stat(names.getFirst()))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageStartingWith(folder + "/gone");
            assertThatThrownBy(() -> directory.openFile(names.getFirst())).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> directory.openDirectory(names.getFirst())).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> directory.readLink(names.getFirst())).isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    default void a_name_that_leads_elsewhere_is_refused(@TempDir Path folder) throws Exception {
        run(folder, "mkdir d; : > d/f");
        try (var directory = tree().open(path(folder))) {
            for (String hostile : List.of("..", ".", "", "d/f", "/etc/passwd", "d\u0000")) {
                assertThatThrownBy(() -> directory.stat(raw(hostile))).hasMessageContaining("not a plain name");
                assertThatThrownBy(() -> directory.openFile(raw(hostile))).hasMessageContaining("not a plain name");
                assertThatThrownBy(() -> directory.openDirectory(raw(hostile)))
                        .hasMessageContaining("not a plain name");
                assertThatThrownBy(() -> directory.readLink(raw(hostile))).hasMessageContaining("not a plain name");
            }
        }
    }

    @Test
    default void user_attributes_of_files_and_directories_are_read(@TempDir Path folder) throws Exception {
        run(folder, ": > f; mkdir d; : > none");
        var file = Files.getFileAttributeView(folder.resolve("f"), UserDefinedFileAttributeView.class);
        file.write("empty", UTF_8.encode(""));
        file.write("long", UTF_8.encode("x".repeat(2000)));
        Files.getFileAttributeView(folder.resolve("d"), UserDefinedFileAttributeView.class)
                .write("of-dir", UTF_8.encode("v"));

        try (var directory = tree().open(path(folder));
                var opened = directory.openFile(raw("f"));
                var inner = directory.openDirectory(raw("d"))) {
            List<String> expected = List.of("user.empty=", "user.long=" + "78".repeat(2000));
            assertThat(Shell.text(directory.xattrs(raw("f"), directory.stat(raw("f")))))
                    .isEqualTo(expected);
            assertThat(Shell.text(opened.xattrs())).isEqualTo(expected);
            assertThat(Shell.text(inner.xattrs())).containsExactly("user.of-dir=76");
            assertThat(directory.xattrs(raw("d"), directory.stat(raw("d")))).hasSize(1);
            assertThat(directory.xattrs(raw("none"), directory.stat(raw("none"))))
                    .isEmpty();
        }
    }

    @Test
    default void what_is_closed_cannot_be_used_and_closes_again(@TempDir Path folder) throws Exception {
        run(folder, ": > f");
        var directory = tree().open(path(folder));
        var file = directory.openFile(raw("f"));
        file.close();
        file.close();
        directory.close();
        directory.close();

        assertThatThrownBy(() -> file.read(0, new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(file::meta).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(directory::names)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("used after it was closed: " + folder);
        assertThatThrownBy(() -> directory.stat(raw("f"))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> directory.openFile(raw("f"))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    default void no_descriptor_stays_open(@TempDir Path folder) throws Exception {
        run(folder, "mkdir d; : > f; mkfifo fifo; ln -s f link");
        for (int i = 0; i < 20; i++) {
            walkWithFailures(folder);
        }
        assertThat(Shell.descriptorsBelow(folder)).isZero();
    }

    private void walkWithFailures(Path folder) throws IOException {
        try (var directory = tree().open(path(folder))) {
            directory.names();
            directory.openDirectory(raw("d")).close();
            directory.openFile(raw("f")).close();
            for (String wrong : List.of("d", "fifo", "link", "missing")) {
                assertThatThrownBy(() -> directory.openFile(raw(wrong))).isInstanceOf(IOException.class);
            }
            assertThatThrownBy(() -> directory.openDirectory(raw("f"))).isInstanceOf(IOException.class);
        }
    }

    @Test
    default void owners_have_the_names_of_the_system() throws Exception {
        assertThat(tree().userName(0)).isEqualTo("root");
        assertThat(tree().groupName(0)).isEqualTo("root");
        assertThat(tree().userName(4_000_000_123L)).isEmpty();
        assertThat(tree().groupName(4_000_000_123L)).isEmpty();
    }
}
