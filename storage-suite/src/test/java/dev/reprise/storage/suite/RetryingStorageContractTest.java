package dev.reprise.storage.suite;

import dev.reprise.storage.Storage;
import dev.reprise.storage.retry.RetryListener;
import dev.reprise.storage.retry.RetryPolicy;
import dev.reprise.storage.retry.RetryingStorage;
import java.util.Random;

class RetryingStorageContractTest extends WrapperContract {
    @Override
    Storage wrap(Storage place) {
        return new RetryingStorage(place, RetryPolicy.DEFAULT, waiting, new Random(1), RetryListener.NONE);
    }
}
