package dev.reprise.storage.suite;

import dev.reprise.storage.Storage;

/// Memory in a [Storm].
class StormyStorageContractTest extends WrapperContract {
    @Override
    protected boolean failsAtTimes() {
        return true;
    }

    @Override
    Storage wrap(Storage place) {
        return Storm.over(place);
    }
}
