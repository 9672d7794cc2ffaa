package dev.reprise.operations.immutability;

import dev.reprise.storage.Storage;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import dev.reprise.storage.immutability.Immutability;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// Asks a place whether it does what it promises: when a repository is created, and every week
/// from then on, for stores are upgraded and rights are changed.
public final class PlaceProbe {
    public static final Duration EVERY = Duration.ofDays(7);

    private static final int WRITERS = 8;

    private final InstantSource clock;

    public PlaceProbe(InstantSource clock) {
        this.clock = clock;
    }

    /// @param last when it was asked before; a time to come is not believed
    public boolean isDue(Optional<Instant> last) {
        Instant now = clock.instant();
        return last.isEmpty()
                || last.get().isAfter(now)
                || !last.get().plus(EVERY).isAfter(now);
    }

    /// Leaves objects of a few bytes below `reprise/probe/` where the place keeps what it is told
    /// to. Objects are only asked to be kept if uploads are.
    ///
    /// @return empty for a place that promises nothing of the kind
    /// @throws dev.reprise.storage.StorageException if the place did not answer
    public Optional<ProbeResult> run(Storage storage) {
        Immutability place = storage.capability(Immutability.class);
        if (place == null) {
            return Optional.empty();
        }
        CreateOnlyVerdict createOnly = place.probeCreateOnly(WRITERS);
        AttackVerdict attacks = place.promise() == null ? null : place.attack(ImmutabilityCheck.PROBE_RETENTION);
        return Optional.of(ProbeResult.of(clock.instant(), createOnly, attacks));
    }
}
