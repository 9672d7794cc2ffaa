package dev.reprise.testkit.storage;

import dev.reprise.storage.Storage;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.memory.MemoryStorage;

/// Without rules the wrapper must change nothing.
class FaultyStorageContractTest implements StorageContract {
    @Override
    public Storage newStorage() {
        return new FaultyStorage(new MemoryStorage(), 1);
    }
}
