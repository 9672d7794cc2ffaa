package dev.reprise.testkit.storage;

import dev.reprise.storage.Storage;
import dev.reprise.storage.memory.MemoryStorage;

class MemoryStorageContractTest implements StorageContract {
    @Override
    public Storage newStorage() {
        return new MemoryStorage();
    }
}
