package dev.reprise.operations.immutability;

import dev.reprise.base.Workers;
import dev.reprise.operations.check.ReadingLog;
import dev.reprise.operations.immutability.ImmutabilityFinding.Looked;
import dev.reprise.operations.immutability.ImmutabilityFinding.Way;
import dev.reprise.repository.Repository;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.immutability.AppendOnly;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.Immutability;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Tries with the credentials in use to do what a thief would do, to an object made for it. Of
/// real objects only the retention is asked for, of some of each kind.
public final class ImmutabilityCheck {
    /// How long the probe is kept: longer than a server's clock may differ without refusing every
    /// request.
    public static final Duration PROBE_RETENTION = Duration.ofHours(1);

    private static final int SAMPLE = 20;
    private static final int EXAMPLES = 5;

    private final Repository repository;
    private final InstantSource clock;
    private final RandomGenerator random;

    /// @param random chooses the real objects that are looked at
    public ImmutabilityCheck(Repository repository, InstantSource clock, RandomGenerator random) {
        this.repository = repository;
        this.clock = clock;
        this.random = random;
    }

    /// @throws StorageException if the place did not answer: then nothing was found out
    public ImmutabilityFinding run() {
        Storage storage = repository.storage();
        Immutability objectLock = storage.capability(Immutability.class);
        if (objectLock != null) {
            AttackVerdict attacks = objectLock.attack(PROBE_RETENTION);
            Looked looked = attacks.answer() == AttackVerdict.Answer.UNSUPPORTED ? Looked.NOTHING : look(objectLock);
            return new ImmutabilityFinding(storage.location(), Way.OBJECT_LOCK, objectLock.promise(), attacks, looked);
        }
        AppendOnly appendOnly = storage.capability(AppendOnly.class);
        if (appendOnly != null) {
            var probe = ObjectKey.of(ObjectType.READINGS, ReadingLog.saveEmpty(repository));
            return new ImmutabilityFinding(
                    storage.location(), Way.APPEND_ONLY, null, appendOnly.attack(probe), Looked.NOTHING);
        }
        var never = new AttackVerdict(AttackVerdict.Answer.UNSUPPORTED, List.of(), why(storage.location()));
        return new ImmutabilityFinding(storage.location(), Way.NONE, null, never, Looked.NOTHING);
    }

    private static String why(String location) {
        int colon = location.indexOf(':');
        return switch (colon < 0 ? "" : location.substring(0, colon)) {
            case "s3" -> "this provider has no Object Lock";
            case "sftp" -> "who may write over SFTP may delete there as well";
            case "gs" -> "Reprise does not ask Google Cloud Storage to keep objects";
            case "azure" -> "Reprise does not ask Azure to keep blobs";
            default -> "who may write to a directory may delete in it as well";
        };
    }

    private Looked look(Immutability place) {
        List<ObjectKey> sample = sample();
        @Nullable Instant[] ends = new @Nullable Instant[sample.size()];
        boolean[] gone = new boolean[sample.size()];
        Workers.run("asking for retentions", repository.storage().connections(), sample.size(), number -> {
            try {
                ends[number] = place.retainedUntil(sample.get(number));
            } catch (StorageException e) {
                if (e.kind() != StorageException.Kind.NOT_FOUND) {
                    throw e;
                }
                gone[number] = true; // removed since it was listed
            }
        });
        return summary(sample, ends, gone);
    }

    private Looked summary(List<ObjectKey> sample, @Nullable Instant[] ends, boolean[] gone) {
        Instant now = clock.instant();
        Instant earliest = null;
        int objects = 0;
        List<String> unlocked = new ArrayList<>();
        for (int number = 0; number < ends.length; number++) {
            Instant end = ends[number];
            objects += gone[number] ? 0 : 1;
            if (!gone[number] && (end == null || !end.isAfter(now))) {
                unlocked.add(sample.get(number).path());
            } else if (end != null && (earliest == null || end.isBefore(earliest))) {
                earliest = end;
            }
        }
        return new Looked(objects, unlocked.size(), unlocked.subList(0, Math.min(EXAMPLES, unlocked.size())), earliest);
    }

    /// Whatever a restore needs.
    private List<ObjectKey> sample() {
        List<ObjectKey> sample = new ArrayList<>();
        sample.add(ObjectKey.CONFIG);
        for (ObjectType type :
                List.of(ObjectType.KEY, ObjectType.SNAPSHOT, ObjectType.POINT, ObjectType.INDEX, ObjectType.PACK)) {
            List<ObjectKey> some = new ArrayList<>();
            int[] seen = {0};
            repository.storage().list(type, object -> {
                int place = random.nextInt(++seen[0]);
                if (some.size() < SAMPLE) {
                    some.add(object.key());
                } else if (place < SAMPLE) {
                    some.set(place, object.key());
                }
            });
            sample.addAll(some);
        }
        return sample;
    }
}
