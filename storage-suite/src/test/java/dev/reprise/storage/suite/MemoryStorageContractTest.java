package dev.reprise.storage.suite;

import dev.reprise.storage.Storage;
import dev.reprise.storage.memory.MemoryStorage;

class MemoryStorageContractTest extends StorageContract {
    @Override
    protected Storage open() {
        return new MemoryStorage();
    }

    @Override
    protected boolean tellsMissingFromEmpty() {
        return false;
    }
}
