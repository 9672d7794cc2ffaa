package dev.reprise.storage.suite;

import dev.reprise.storage.Storage;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.memory.MemoryStorage;

/// Without rules the wrapper must change nothing.
class FaultyStorageContractTest extends StorageContract {
    @Override
    protected Storage open() {
        return new FaultyStorage(new MemoryStorage(), 1);
    }

    @Override
    protected boolean tellsMissingFromEmpty() {
        return false;
    }
}
