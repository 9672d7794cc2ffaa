package dev.reprise.storage.retry;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.Promise;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Repeats what may be repeated. A probe that failed half way has left objects behind and begins
/// anew when somebody asks again.
final class RepeatedRetention implements Immutability {
    private final Immutability place;
    private final RetryingStorage repeating;

    RepeatedRetention(Immutability place, RetryingStorage repeating) {
        this.place = place;
        this.repeating = repeating;
    }

    @Override
    public @Nullable Promise promise() {
        return place.promise();
    }

    @Override
    public void retainUntil(ObjectKey key, Instant until) {
        repeating.repeat("Retain(" + RetryingStorage.name(key) + ")", () -> {
            place.retainUntil(key, until);
            return true;
        });
    }

    @Override
    public @Nullable Instant retainedUntil(ObjectKey key) {
        return repeating.<@Nullable Instant>repeat(
                "Retained(" + RetryingStorage.name(key) + ")", () -> place.retainedUntil(key));
    }

    @Override
    public CreateOnlyVerdict probeCreateOnly(int writers) {
        return place.probeCreateOnly(writers);
    }

    @Override
    public AttackVerdict attack(Duration retention) {
        return place.attack(retention);
    }
}
