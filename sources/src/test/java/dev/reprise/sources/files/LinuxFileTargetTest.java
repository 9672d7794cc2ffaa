package dev.reprise.sources.files;

import static dev.reprise.sources.files.FileTargetContract.at;
import static dev.reprise.sources.files.FileTargetContract.attributes;
import static dev.reprise.sources.files.FileTargetContract.meta;
import static dev.reprise.sources.files.FileTargetContract.write;
import static dev.reprise.sources.files.Shell.raw;
import static dev.reprise.sources.files.Shell.run;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.base.RawName;
import dev.reprise.sources.files.FileTree.Xattr;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinuxFileTargetTest implements FileTargetContract {
    /// user::rw- user:1:r-- group::r-- mask::r-- other::---, as the kernel stores it.
    private static final byte[] ACL = HexFormat.of()
            .parseHex("02000000" + "01000600ffffffff" + "0200040001000000" + "04000400ffffffff" + "10000400ffffffff"
                    + "20000000ffffffff");

    @Override
    public FileTarget open(Path folder) throws IOException {
        return FileTarget.open(folder);
    }

    private static FileMeta owned(int mode, long uid, long gid, long rdev) {
        return new FileMeta(mode, 0, uid, gid, 0, 0, 1, rdev, 1, 1, 1, 1, 0, 0);
    }

    @Test
    void it_is_the_one_for_this_platform(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            assertThat(target).isInstanceOf(LinuxFileTarget.class);
        }
    }

    @Test
    void the_folder_itself_may_be_reached_by_a_link_and_have_any_name(@TempDir Path folder) throws Exception {
        run(folder, "mkdir real; ln -s real link");
        try (var target = open(folder.resolve("link"))) {
            write(target, "f", "x", false);
        }
        run(folder, "mkdir $'\\xff'");
        try (var tree = FileTree.local().open(Shell.path(folder));
                var target = LinuxFileTarget.open(Shell.path(folder).child(raw("\u00ff")), _ -> true)) {
            write(target, "g", "y", false);
            assertThat(Shell.latin1(tree.names())).containsExactly("link", "real", "\u00ff");
        }
        assertThat(run(folder, "cat real/f $'\\xff/g'")).isEqualTo("xy");
    }

    @Test
    void fifos_and_sockets_are_made(@TempDir Path folder) throws Exception {
        run(folder, ": > fifo");
        try (var target = open(folder)) {
            assertThatThrownBy(() -> target.special(at("fifo"), owned(0010644, 0, 0, 0), false))
                    .hasMessage(folder + "/fifo: is a regular file");
            target.special(at("fifo"), owned(0010644, 0, 0, 0), true);
            target.special(at("socket"), owned(0140755, 0, 0, 0), false);
            assertThat(target.metadata(at("fifo"), meta(target, "fifo", 0644, 5, 6), List.of()))
                    .isEmpty();
            assertThatThrownBy(() -> target.special(at("f"), owned(0100644, 0, 0, 0), true))
                    .hasMessageContaining("no node can be made of mode 100644");
        }
        assertThat(run(folder, "stat -c '%n %F %a %Y' fifo socket | sed 's/ [0-9]*$//'"))
                .isEqualTo("fifo fifo 644\nsocket socket 600");
    }

    @Test
    void device_nodes_have_their_numbers_back(@TempDir Path folder) throws Exception {
        assumeTrue(Shell.ROOT, "only root makes device nodes");
        long large = Statx.device(259, 70000);
        try (var target = open(folder)) {
            target.special(at("null"), owned(0020666, 0, 0, 259), false);
            target.special(at("disk"), owned(0060640, 0, 6, 1792), false);
            target.special(at("large"), owned(0060640, 0, 6, large), false);
            assertThat(target.metadata(at("disk"), owned(0060640, 0, 6, 1792), List.of()))
                    .isEmpty();
            assertThat(target.stat(at("large")).rdev()).isEqualTo(large);
            assertThatThrownBy(() -> target.special(at("x"), owned(0060640, 0, 0, 1L << 40), true))
                    .hasMessageContaining("no node can be made");
        }
        assertThat(run(folder, "stat -c '%n %F %t:%T %a %g' null disk large"))
                .isEqualTo("null character special file 1:3 600 0\ndisk block special file 7:0 640 6\n"
                        + "large block special file 103:11170 600 0");
    }

    @Test
    void owners_are_set_before_set_id_bits_and_links_are_not_followed(@TempDir Path folder) throws Exception {
        assumeTrue(Shell.ROOT, "only root gives files away");
        run(folder, ": > f; ln -s f link; ln -s /nowhere dangling; chmod 600 f");
        try (var target = open(folder)) {
            assertThat(target.metadata(at("f"), owned(0106711, 1234, 4000000000L, 0), List.of()))
                    .isEmpty();
            assertThat(target.metadata(at("link"), owned(0120777, 55, 66, 0), List.of()))
                    .isEmpty();
            assertThat(target.metadata(at("dangling"), owned(0120777, 77, 88, 0), List.of()))
                    .isEmpty();
        }
        assertThat(run(folder, "stat -c '%n %u:%g %a %.9Y' f link dangling")).isEqualTo("""
                        f 1234:4000000000 6711 1.000000001
                        link 55:66 777 1.000000001
                        dangling 77:88 777 1.000000001""");
    }

    @Test
    void set_id_bits_are_not_given_to_whoever_restores(@TempDir Path folder) throws Exception {
        OrdinaryUser.owning(folder, () -> {
            try (var target = open(folder)) {
                write(target, "f", "x", false);
                // Somebody else's owner is no news where nobody expects it to be set.
                List<String> owner = Shell.ROOT ? List.of("owner 1:1 was not set: operation not permitted") : List.of();
                var both = new ArrayList<>(owner);
                both.add("set-id bits were left out, because the owner could not be set");
                assertThat(target.metadata(at("f"), owned(0106755, 1, 1, 0), List.of()))
                        .isEqualTo(both);
                assertThat(target.metadata(at("f"), owned(0100744, 1, 1, 0), List.of()))
                        .isEqualTo(owner);
            }
            return null;
        });
        assertThat(run(folder, "stat -c %a f")).isEqualTo("744");
    }

    @Test
    void an_access_control_list_comes_back_and_goes(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            write(target, "f", "x", false);
            target.directory(at("d"), false);
            var access = new Xattr(raw("system.posix_acl_access"), ACL);
            var inherited = new Xattr(raw("system.posix_acl_default"), ACL);
            assertThat(target.metadata(at("f"), meta(target, "f", 0640, 1, 1), List.of(access)))
                    .isEmpty();
            assertThat(target.metadata(at("d"), meta(target, "d", 0750, 1, 1), List.of(inherited)))
                    .isEmpty();
            String hex = HexFormat.of().formatHex(ACL);
            assertThat(attributes(folder, "f")).containsExactly("system.posix_acl_access=" + hex);
            assertThat(attributes(folder, "d")).containsExactly("system.posix_acl_default=" + hex);

            write(target, "d/inherits", "x", false);
            assertThat(attributes(folder.resolve("d"), "inherits")).hasSize(1);
            assertThat(target.metadata(at("d/inherits"), meta(target, "d/inherits", 0604, 1, 1), List.of()))
                    .isEmpty();
            assertThat(attributes(folder.resolve("d"), "inherits")).isEmpty();
            assertThat(target.metadata(at("f"), meta(target, "f", 0604, 1, 1), List.of()))
                    .isEmpty();
            assertThat(attributes(folder, "f")).isEmpty();
        }
        assertThat(run(folder, "stat -c %a f d d/inherits")).isEqualTo("604\n750\n604");
    }

    @Test
    void trusted_attributes_are_kept_also_on_links(@TempDir Path folder) throws Exception {
        assumeTrue(Shell.ROOT, "only root has trusted attributes");
        run(folder, "ln -s nowhere link; : > f; mkfifo fifo");
        var attribute = new Xattr(raw("trusted.test"), "value".getBytes(UTF_8));
        var capability = new Xattr(
                raw("security.capability"), HexFormat.of().parseHex("010000020004000000000000" + "0000000000000000"));
        try (var target = open(folder)) {
            for (String name : List.of("link", "f", "fifo")) {
                assertThat(target.metadata(at(name), meta(target, name, 0644, 1, 1), List.of(attribute)))
                        .isEmpty();
                assertThat(attributes(folder, name)).containsExactly("trusted.test=76616c7565");
            }
            assertThat(target.metadata(at("f"), owned(0100755, 7, 7, 0), List.of(capability)))
                    .isEmpty();
            assertThat(attributes(folder, "f"))
                    .containsExactly("security.capability=0100000200040000000000000000000000000000");
            assertThat(target.metadata(at("link"), meta(target, "link", 0777, 1, 1), List.of()))
                    .isEmpty();
            assertThat(attributes(folder, "link")).isEmpty();
        }
    }

    @Test
    void many_attributes_come_back_in_any_order(@TempDir Path folder) throws Exception {
        var many = new ArrayList<Xattr>();
        var expected = new ArrayList<String>();
        for (int i = 10; i < 60; i++) {
            many.add(new Xattr(raw("user.attribute-" + i), ("value " + i).getBytes(UTF_8)));
            expected.add("user.attribute-" + i + "=76616c7565203" + i / 10 + "3" + i % 10);
        }
        try (var target = open(folder)) {
            write(target, "f", "x", false);
            assertThat(target.metadata(at("f"), meta(target, "f", 0644, 1, 1), many))
                    .isEmpty();
            assertThat(attributes(folder, "f")).isEqualTo(expected);
        }
    }

    @Test
    void an_attribute_larger_than_any_system_keeps_is_reported(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            write(target, "f", "x", false);
            for (int size : new int[] {70_000, 300_000}) {
                var large = new Xattr(raw("user.large"), new byte[size]);
                assertThat(target.metadata(at("f"), meta(target, "f", 0644, 1, 1), List.of(large)))
                        .hasSize(1)
                        .first()
                        .asString()
                        .startsWith("extended attribute user.large was not set: ");
            }
        }
    }

    @Test
    void a_time_no_system_takes_is_reported(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            write(target, "f", "x", false);
            int now = (1 << 30) - 1;
            assertThat(target.metadata(at("f"), meta(target, "f", 0644, 1, now), List.of()))
                    .containsExactly("times were not set: invalid argument");
        }
        assertThat(run(folder, "stat -c %a f")).isEqualTo("644");
    }

    @Test
    void a_file_that_may_not_be_written_is_replaced_by_a_new_one(@TempDir Path folder) throws Exception {
        run(
                folder,
                "printf old > f; chmod 400 f; cp /bin/sleep running; ./running 60 > /dev/null 2>&1 & echo $! > pid");
        try (var target = open(folder)) {
            write(target, "f", "new", true);
            write(target, "running", "replaced", true);
        } finally {
            run(folder, "kill $(cat pid)");
        }
        assertThat(run(folder, "cat f running")).isEqualTo("newreplaced");
    }

    @Test
    void directories_deeper_than_the_kernel_takes_in_one_path_are_made_and_removed(@TempDir Path folder)
            throws Exception {
        List<RawName> deep = new ArrayList<>(Collections.nCopies(60, raw("d".repeat(200))));
        List<RawName> inner = new ArrayList<>(deep);
        inner.add(raw("file"));
        try (var target = open(folder)) {
            target.directory(deep, false);
            try (var file = target.file(inner, false)) {
                file.write(0, new byte[9], 0, 9);
            }
            FileMeta now = target.stat(inner);
            assertThat(target.metadata(inner, owned(0100604, now.uid(), now.gid(), 0), List.of()))
                    .isEmpty();
        }
        try (var target = open(folder)) {
            assertThat(target.stat(inner).size()).isEqualTo(9);
            assertThat(target.stat(inner).unixMode()).isEqualTo(0100604);
            target.delete(List.of(deep.getFirst()));
            assertThat(target.names(List.of())).isEmpty();
        }
        assertThat(Shell.descriptorsBelow(folder)).isZero();
    }

    @Test
    void a_very_deep_tree_is_removed_with_few_descriptors(@TempDir Path folder) throws Exception {
        try (var target = open(folder)) {
            target.directory(Collections.nCopies(600, raw("d")), false);
            target.delete(at("d"));
        }
        assertThat(run(folder, "ls -A")).isEmpty();
    }

    @Test
    void threads_restore_into_the_same_directories(@TempDir Path folder) throws Exception {
        try (var target = open(folder);
                var threads = Executors.newFixedThreadPool(4)) {
            var work = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < 1000; i++) {
                String directory = "d" + i % 200 + "/e" + i % 3;
                String file = directory + "/f" + i;
                work.add(() -> {
                    target.directory(at(directory), true);
                    write(target, file, file, true);
                    return true;
                });
            }
            for (var done : threads.invokeAll(work)) {
                assertThat(done.get()).isTrue();
            }
        }
        assertThat(run(folder, "find . -type f | wc -l; cat d199/e1/f199")).isEqualTo("1000\nd199/e1/f199");
        assertThat(Shell.descriptorsBelow(folder)).isZero();
    }

    @Test
    void a_directory_moved_away_meanwhile_is_not_left_for_another(@TempDir Path outer) throws Exception {
        run(outer, "mkdir -p target/a elsewhere");
        try (var target = open(outer.resolve("target"))) {
            write(target, "a/first", "1", false);
            run(outer, "mv target/a moved; ln -s ../elsewhere target/a");
            write(target, "a/second", "2", false);
        }
        assertThat(run(outer, "ls elsewhere moved")).isEqualTo("elsewhere:\n\nmoved:\nfirst\nsecond");
    }
}
