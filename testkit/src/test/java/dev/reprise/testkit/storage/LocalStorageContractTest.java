package dev.reprise.testkit.storage;

import dev.reprise.storage.Storage;
import dev.reprise.storage.local.LocalStorage;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageContractTest implements StorageContract {
    @TempDir
    Path folder;

    @Override
    public Storage newStorage() {
        var storage = new LocalStorage(folder.resolve("repository"));
        storage.create();
        return storage;
    }

    @Override
    public Storage secondHandle(Storage storage) {
        return new LocalStorage(folder.resolve("repository"));
    }
}
