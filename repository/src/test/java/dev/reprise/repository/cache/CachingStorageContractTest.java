package dev.reprise.repository.cache;

import dev.reprise.storage.Storage;
import dev.reprise.storage.memory.MemoryStorage;
import dev.reprise.storage.suite.StorageContract;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;

/// Reading through copies must change nothing that callers see. The quota is so small that copies
/// come and go.
class CachingStorageContractTest extends StorageContract {
    @TempDir
    Path folder;

    @Override
    protected Storage open() {
        var folders = new CacheFolders(folder.resolve("cache"), InstantSource.system());
        Path place = folder.resolve("cache").resolve("ab".repeat(32));
        return Objects.requireNonNull(
                CachingStorage.in(folders, place, new MemoryStorage(), InstantSource.system(), 3_000_000));
    }

    @Override
    protected boolean tellsMissingFromEmpty() {
        return false;
    }
}
