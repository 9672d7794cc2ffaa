package dev.reprise.storage.suite;

import dev.reprise.storage.Storage;
import dev.reprise.storage.memory.MemoryStorage;

/// The suite on a wrapper around memory.
abstract class WrapperContract extends StorageContract {
    final FakeWaiting waiting = new FakeWaiting();

    abstract Storage wrap(Storage place);

    @Override
    protected final Storage open() {
        return wrap(new MemoryStorage());
    }

    @Override
    protected final boolean tellsMissingFromEmpty() {
        return false;
    }
}
