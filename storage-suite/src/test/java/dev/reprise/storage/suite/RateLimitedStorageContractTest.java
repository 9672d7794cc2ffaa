package dev.reprise.storage.suite;

import dev.reprise.base.RateTable;
import dev.reprise.storage.Storage;
import dev.reprise.storage.rate.RateLimitedStorage;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.OptionalLong;

class RateLimitedStorageContractTest extends WrapperContract {
    @Override
    Storage wrap(Storage place) {
        RateTable slow = RateTable.always(OptionalLong.of(1000));
        return new RateLimitedStorage(place, slow, slow, InstantSource.fixed(Instant.EPOCH), ZoneOffset.UTC, waiting);
    }
}
