package dev.reprise.storage.suite;

import dev.reprise.base.RateTable;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.faults.FaultyStorage;
import dev.reprise.storage.faults.FaultyStorage.Operation;
import dev.reprise.storage.limit.LimitedStorage;
import dev.reprise.storage.rate.RateLimitedStorage;
import dev.reprise.storage.retry.RetryListener;
import dev.reprise.storage.retry.RetryPolicy;
import dev.reprise.storage.retry.RetryingStorage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.OptionalLong;
import java.util.Random;

/// All wrappers, in the order they are used in, on a place that fails in every way that repeating
/// can mend: storms of refusals and lost connections, answers lost after the deed, bodies that end
/// early or break, listings that break off, repeat themselves and change their order. What
/// repeating cannot mend, such as a wrong bit or a listing that is late without a word, is for
/// those who check hashes. No clock of a server enters into the contract, so a skewed one changes
/// nothing here.
public final class Storm {
    private static final RetryPolicy PATIENT =
            new RetryPolicy(Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofDays(1000));

    private Storm() {}

    /// No time passes while it waits. The returned storage closes the place.
    public static Storage over(Storage place) {
        var stormy = new FaultyStorage(place, 5);
        Operation[] all = {Operation.CREATE, Operation.SIZE, Operation.LIST, Operation.READ, Operation.DELETE};
        stormy.on(all).sometimes(0.2).fail(Kind.UNREACHABLE);
        stormy.on(all).sometimes(0.1).failAfterwards(Kind.THROTTLED);
        stormy.on(Operation.DRAFT).sometimes(0.2).fail(Kind.THROTTLED);
        stormy.on(Operation.COMMIT).sometimes(0.3).fail(Kind.THROTTLED);
        stormy.on(Operation.READ).sometimes(0.2).sever();
        stormy.on(Operation.LIST).sometimes(0.5).duplicate();
        stormy.on(Operation.LIST).reorder();
        stormy.on(Operation.LIST).sometimes(0.3).breakOff();
        var waiting = new FakeWaiting();
        RateTable rate = RateTable.always(OptionalLong.of(100_000_000));
        Storage paced =
                new RateLimitedStorage(stormy, rate, rate, InstantSource.fixed(Instant.EPOCH), ZoneOffset.UTC, waiting);
        return new RetryingStorage(new LimitedStorage(paced), PATIENT, waiting, new Random(1), RetryListener.NONE);
    }
}
