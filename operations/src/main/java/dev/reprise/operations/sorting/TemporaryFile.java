package dev.reprise.operations.sorting;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Files without a name: they disappear with the process, also when it is killed.
public final class TemporaryFile {
    private TemporaryFile() {}

    /// Readable by this user alone.
    ///
    /// @param directory must exist
    public static FileChannel open(Path directory) throws IOException {
        Path file = Files.createTempFile(directory, "reprise-", ".tmp");
        try {
            return FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /// Frees what it takes; nothing can be done if that fails.
    public static void close(@Nullable FileChannel file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException freedAtTheEnd) {
            // The system takes it back when the process ends.
        }
    }
}
