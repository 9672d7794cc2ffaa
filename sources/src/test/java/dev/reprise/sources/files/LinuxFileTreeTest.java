package dev.reprise.sources.files;

import static dev.reprise.sources.files.Shell.path;
import static dev.reprise.sources.files.Shell.raw;
import static dev.reprise.sources.files.Shell.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxFileTreeTest implements FileTreeContract {
    @Override
    public FileTree tree() {
        return new LinuxFileTree();
    }

    @Test
    void it_is_the_one_for_this_platform() {
        assertThat(FileTree.local()).isInstanceOf(LinuxFileTree.class);
        assertThat(tree().complete()).isTrue();
    }

    @Test
    void an_open_directory_is_not_redirected_when_a_parent_is_renamed(@TempDir Path folder) throws Exception {
        run(folder, "mkdir -p a/b; echo right > a/b/f");
        try (var directory = tree().open(path(folder.resolve("a/b")))) {
            run(folder, "mv a moved; mkdir -p a/b; echo wrong-and-longer > a/b/f");
            assertThat(directory.stat(raw("f")).size()).isEqualTo(6);
        }
    }

    @Test
    void a_path_longer_than_the_kernel_takes_is_opened_and_listed(@TempDir Path folder) throws Exception {
        String name = "d".repeat(200);
        run(folder, "for i in $(seq 1 30); do mkdir " + name + "; cd " + name + "; done; echo deep > file");
        String deep = folder + ("/" + name).repeat(30);

        assertThat(deep.length()).isGreaterThan(6000);
        assertThat(tree().stat(raw(deep + "/file")).size()).isEqualTo(5);
        try (var directory = tree().open(raw(deep))) {
            assertThat(Shell.latin1(directory.names())).containsExactly("file");
        }
        assertThatThrownBy(() -> tree().stat(raw(deep + "/" + "x".repeat(5000))))
                .hasMessageContaining("file name too long");
        assertThat(Shell.descriptorsBelow(folder)).isZero();
        run(folder, "rm -rf d*"); // too deep for the clean-up of the test framework
    }

    @Test
    void reading_leaves_the_access_time_alone(@TempDir Path folder) throws Exception {
        run(folder, "mkdir d; echo x > d/f; touch -a -d 2001-01-01T00:00:00Z d/f d; touch d/f");
        try (var directory = tree().open(path(folder.resolve("d")));
                var file = directory.openFile(raw("f"))) {
            file.read(0, new byte[9], 0, 9);
            directory.names();
        }
        run(folder, "touch -a -d 2001-01-01T00:00:00Z d/f");
        try (var directory = tree().open(path(folder.resolve("d")));
                var file = directory.openFile(raw("f"))) {
            file.read(0, new byte[9], 0, 9);
        }
        assertThat(run(folder, "stat -c %X d/f")).isEqualTo("978307200");
    }

    @Test
    void a_file_of_someone_else_is_read_where_the_access_time_cannot_be_kept() throws Exception {
        try (var directory = tree().open(raw("/etc"));
                var file = directory.openFile(raw("passwd"))) {
            assertThat(file.read(0, new byte[4], 0, 4)).isEqualTo(4);
        }
    }

    @Test
    void a_directory_without_permission_is_named_with_the_reason(@TempDir Path folder) throws Exception {
        run(folder, "mkdir closed; chmod 000 closed; : > f; chmod 000 f");
        OrdinaryUser.owning(folder, () -> {
            try (var directory = tree().open(path(folder))) {
                assertThatThrownBy(() -> directory.openDirectory(raw("closed")))
                        .isInstanceOf(AccessDeniedException.class)
                        .hasMessage(folder + "/closed: open directory: permission denied");
                assertThatThrownBy(() -> directory.openFile(raw("f"))).isInstanceOf(AccessDeniedException.class);
                assertThat(directory.stat(raw("f")).unixMode()).isEqualTo(0100000);
            }
            return null;
        });
    }

    @Test
    void a_relative_path_and_a_zero_byte_are_refused() {
        assertThatThrownBy(() -> tree().stat(raw("etc"))).hasMessage("etc: not an absolute path");
        assertThatThrownBy(() -> tree().open(raw("/etc\u0000/x"))).hasMessageContaining("zero byte");
    }

    @Test
    void an_entry_exchanged_between_look_and_open_is_never_read_as_a_file(@TempDir Path folder) throws Exception {
        run(folder, "echo secret > secret; : > f; mkfifo fifo; ln -s secret link; : > x");
        try (var directory = tree().open(path(folder));
                var exchanging = Executors.newVirtualThreadPerTaskExecutor()) {
            var stop = new AtomicBoolean();
            var exchanged = exchanging.submit(() -> {
                while (!stop.get()) {
                    for (String other : List.of("fifo", "link", "f")) {
                        Files.deleteIfExists(folder.resolve("x.new"));
                        Files.createLink(folder.resolve("x.new"), folder.resolve(other));
                        Files.move(folder.resolve("x.new"), folder.resolve("x"), StandardCopyOption.ATOMIC_MOVE);
                        Files.deleteIfExists(folder.resolve("x.new"));
                    }
                }
                return true;
            });
            int refused = 0;
            for (int i = 0; i < 5000; i++) {
                try (var file = directory.openFile(raw("x"))) {
                    assertThat(file.meta().type()).isEqualTo(FileMeta.Type.FILE);
                    assertThat(file.read(0, new byte[9], 0, 9)).isEqualTo(-1);
                } catch (FileSystemException other) {
                    refused++;
                }
            }
            stop.set(true);
            assertThat(exchanged.get()).isTrue();
            assertThat(refused).isPositive();
        }
        assertThat(Shell.descriptorsBelow(folder)).isZero();
    }

    @Test
    void attributes_are_listed_with_and_without_those_of_a_link(@TempDir Path folder) throws Exception {
        run(folder, ": > f; ln -s f link; ln -s missing dangling");
        Files.getFileAttributeView(folder.resolve("f"), UserDefinedFileAttributeView.class)
                .write("a", ByteBuffer.wrap(new byte[] {1}));
        try (var directory = tree().open(path(folder))) {
            assertThat(Shell.text(directory.xattrs(raw("f"), directory.stat(raw("f")))))
                    .containsExactly("user.a=01");
            for (String link : List.of("link", "dangling")) {
                assertThat(directory.xattrs(raw(link), directory.stat(raw(link))))
                        .isEmpty();
            }
            FileMeta meta = directory.stat(raw("f"));
            assertThatThrownBy(() -> directory.xattrs(raw("gone"), meta)).isInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> directory.xattrs(raw("../f"), meta)).hasMessageContaining("not a plain name");
        }
    }

    @Test
    void without_the_newer_call_attributes_are_read_through_proc(@TempDir Path folder) throws Exception {
        run(folder, ": > f; ln -s f link");
        Files.getFileAttributeView(folder.resolve("f"), UserDefinedFileAttributeView.class)
                .write("a", ByteBuffer.wrap(new byte[] {1}));
        try (Scratch scratch = Scratch.take()) {
            long fd = LinuxEntries.openForReading(
                    scratch, Call.Abi.AT_FDCWD, scratch.first(path(folder)), Call.Abi.O_DIRECTORY);
            long file = scratch.descriptorPath((int) fd, raw("f"));
            assertThat(Shell.text(LinuxXattrs.BY_NAME.read(scratch, file, "f"))).containsExactly("user.a=01");
            long link = scratch.descriptorPath((int) fd, raw("link"));
            assertThat(LinuxXattrs.BY_NAME.read(scratch, link, "link")).isEmpty();
            Kernel.close((int) fd);
        }
    }
}
