package dev.reprise.storage.suite;

import dev.reprise.storage.Storage;
import dev.reprise.storage.limit.LimitedStorage;

class LimitedStorageContractTest extends WrapperContract {
    @Override
    Storage wrap(Storage place) {
        return new LimitedStorage(place);
    }
}
