package dev.reprise.cli.restic;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.repository.Repository;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.immutability.Immutability;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Says of what is removed from a place with Object Lock that it is only hidden, and until when
/// its bytes stay.
final class KeptAfterwards {
    /// One request each: the newest few tell enough.
    private static final int MOST_ASKED = 100;

    private final @Nullable Immutability place;

    KeptAfterwards(Repository repository) {
        Immutability found = repository.storage().capability(Immutability.class);
        place = found != null && found.promise() != null ? found : null;
    }

    /// To be asked before they are removed.
    ///
    /// @return the latest end; empty if none of them is kept, or the place does not say
    Optional<Instant> latest(ObjectType type, Collection<ObjectId> ids) {
        Immutability asked = place;
        if (asked == null) {
            return Optional.empty();
        }
        Instant latest = null;
        for (ObjectId id : ids.stream().limit(MOST_ASKED).toList()) {
            try {
                Instant end = asked.retainedUntil(ObjectKey.of(type, id));
                latest = end == null || (latest != null && latest.isAfter(end)) ? latest : end;
            } catch (RepriseException e) {
                return Optional.empty(); // it is a remark only
            }
        }
        return Optional.ofNullable(latest);
    }

    /// Whether the place keeps what is removed.
    boolean isLikely() {
        return place != null;
    }
}
