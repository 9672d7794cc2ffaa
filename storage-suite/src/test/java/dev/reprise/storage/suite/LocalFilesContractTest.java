package dev.reprise.storage.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.local.LocalStorage;
import dev.reprise.storage.plain.PlainFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesContractTest extends PlainFilesContract {
    @TempDir
    private Path folder;

    @Override
    protected Storage open() {
        return new LocalStorage(folder.resolve("not/yet/there"));
    }

    @Test
    void nothing_is_written_or_removed_through_a_link() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("precious"), "x");
        Path root = Files.createDirectories(folder.resolve("root"));
        Files.createSymbolicLink(root.resolve("2026-11-22"), elsewhere);
        try (var storage = new LocalStorage(root)) {
            PlainFiles files = Objects.requireNonNull(storage.capability(PlainFiles.class));
            assertThat(files.list("")).isEmpty();
            assertThatThrownBy(() -> files.delete("2026-11-22/precious")).isInstanceOf(StorageException.class);
            assertThatThrownBy(() -> files.create("2026-11-22/new", out -> out.write(1)))
                    .isInstanceOf(StorageException.class);
        }
        assertThat(elsewhere).isDirectoryContaining("glob:**precious");
        assertThat(elsewhere.resolve("new")).doesNotExist();
    }
}
