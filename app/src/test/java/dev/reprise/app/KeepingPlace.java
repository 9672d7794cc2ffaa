package dev.reprise.app;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.Promise;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A directory that says it keeps objects for 30 days from their upload: no store that does has a clock which a test
/// could set.
///
/// @param ends    until when, by object
/// @param looks   how often that was asked
/// @param refuses whether nobody may extend
record KeepingPlace(
        Storage place, InstantSource clock, Map<ObjectKey, Instant> ends, AtomicInteger looks, boolean refuses)
        implements Storage, Immutability {
    private static final Duration RETENTION = Duration.ofDays(30);

    @Override
    public Promise promise() {
        return new Promise("COMPLIANCE", RETENTION);
    }

    @Override
    public void retainUntil(ObjectKey key, Instant until) {
        if (refuses) {
            throw new StorageException(StorageException.Kind.DENIED, "may not keep " + key, "", null);
        }
        ends.put(key, until);
    }

    @Override
    public @Nullable Instant retainedUntil(ObjectKey key) {
        looks.incrementAndGet();
        return ends.get(key);
    }

    @Override
    public CreateOnlyVerdict probeCreateOnly(int writers) {
        return new CreateOnlyVerdict(CreateOnlyVerdict.Answer.ATOMIC, writers, 1, "");
    }

    @Override
    public AttackVerdict attack(Duration retention) {
        return new AttackVerdict(AttackVerdict.Answer.KEPT, List.of(), "not attacked");
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public void create() {
        place.create();
    }

    @Override
    public long size(ObjectKey key) {
        return place.size(key);
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        place.list(type, consumer);
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return place.read(key, offset, length, reader);
    }

    @Override
    public Draft draft(ObjectType type) {
        Draft draft = place.draft(type);
        return new Draft() {
            @Override
            public void append(byte[] bytes, int offset, int length) {
                draft.append(bytes, offset, length);
            }

            @Override
            public void commit(String name) {
                draft.commit(name);
                ends.put(new ObjectKey(type, name), clock.instant().plus(RETENTION));
            }

            @Override
            public void close() {
                draft.close();
            }
        };
    }

    @Override
    public void delete(ObjectKey key) {
        place.delete(key);
    }

    @Override
    public int connections() {
        return place.connections();
    }

    @Override
    public <C> @Nullable C capability(Class<C> type) {
        return type == Immutability.class ? type.cast(this) : place.capability(type);
    }

    @Override
    public void close() {
        place.close();
    }
}
