package dev.reprise.sources.files;

import static dev.reprise.sources.files.FileTargetContract.at;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortableFileTargetTest implements FileTargetContract {
    @Override
    public FileTarget open(Path folder) throws IOException {
        Files.createDirectories(folder, PortableFileTarget.permissions(folder, "rwx------"));
        return new PortableFileTarget(folder, _ -> true);
    }

    @Override
    public boolean oldTimes() {
        return false;
    }

    @Test
    void it_says_that_it_cannot_make_a_device(@TempDir Path folder) throws Exception {
        var fifo = new FileMeta(0010600, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0);
        try (var target = open(folder)) {
            assertThatThrownBy(() -> target.special(at("fifo"), fifo, true))
                    .hasMessage(folder + "/fifo: a FIFO cannot be made on this platform");
        }
    }
}
