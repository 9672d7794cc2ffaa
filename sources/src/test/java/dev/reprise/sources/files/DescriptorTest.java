package dev.reprise.sources.files;

import static dev.reprise.sources.files.Shell.raw;
import static dev.reprise.sources.files.Shell.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorTest {
    @Test
    void it_stays_open_until_the_last_user_is_done(@TempDir Path folder) throws Exception {
        run(folder, ": > f");
        try (Scratch scratch = Scratch.take()) {
            long opened = LinuxEntries.openForReading(
                    scratch, Call.Abi.AT_FDCWD, scratch.first(Shell.path(folder.resolve("f"))), 0);
            var descriptor = new Descriptor(opened, "the file");
            assertThat(descriptor.acquire()).isEqualTo((int) opened);
            descriptor.acquire();
            descriptor.close();
            assertThatThrownBy(descriptor::acquire).hasMessage("used after it was closed: the file");
            descriptor.release();
            assertThat(Shell.descriptorsBelow(folder)).isEqualTo(1);
            descriptor.release();
            assertThat(Shell.descriptorsBelow(folder)).isZero();
            descriptor.close();
        }
    }

    @Test
    void readers_never_meet_another_file_when_theirs_is_closed(@TempDir Path folder) throws Exception {
        run(folder, "for i in 0 1 2 3 4 5 6 7; do printf $i > $i; done");
        var refused = new AtomicInteger();
        try (var directory = FileTree.local().open(Shell.path(folder));
                var threads = Executors.newFixedThreadPool(6)) {
            for (int round = 0; round < 60; round++) {
                int number = round % 8;
                FileTree.OpenFile file = directory.openFile(raw(Integer.toString(number)));
                var work = new ArrayList<Callable<Boolean>>();
                for (int reader = 0; reader < 2; reader++) {
                    work.add(() -> readUntilClosed(file, (byte) ('0' + number), refused));
                }
                work.add(() -> {
                    file.close();
                    directory.openFile(raw(Integer.toString((number + 1) % 8))).close();
                    return true;
                });
                for (var done : threads.invokeAll(work)) {
                    assertThat(done.get()).isTrue();
                }
            }
        }
        assertThat(refused.get()).isEqualTo(120);
        assertThat(Shell.descriptorsBelow(folder)).isZero();
    }

    private static boolean readUntilClosed(FileTree.OpenFile file, byte expected, AtomicInteger refused)
            throws Exception {
        byte[] one = new byte[1];
        while (true) {
            try {
                file.read(0, one, 0, 1);
            } catch (IllegalStateException closed) {
                refused.incrementAndGet();
                return true;
            }
            if (one[0] != expected) {
                return false;
            }
        }
    }
}
