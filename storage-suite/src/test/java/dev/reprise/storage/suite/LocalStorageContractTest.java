package dev.reprise.storage.suite;

import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageContractTest extends StorageContract {
    @TempDir
    Path folder;

    @Override
    protected Storage open() {
        return new LocalStorage(folder.resolve("repository"));
    }

    @Override
    protected Storage secondHandle(Storage storage) {
        return new LocalStorage(folder.resolve("repository"));
    }

    /// There are no pages, and every object costs two waits for the disk.
    @Override
    protected int manyObjects() {
        return 100;
    }

    @Override
    protected boolean plant(String path, byte[] content) {
        try {
            Files.write(folder.resolve("repository").resolve(path), content);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
