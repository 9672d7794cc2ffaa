package dev.reprise.operations.immutability;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.immutability.AttackVerdict;
import dev.reprise.storage.immutability.AttackVerdict.Attempt;
import dev.reprise.storage.immutability.AttackVerdict.Effect;
import dev.reprise.storage.immutability.CreateOnlyVerdict;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.immutability.Promise;
import dev.reprise.storage.memory.MemoryStorage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// No place: objects in memory, each kept for 30 days from its upload, and what it is asked to
/// do. No store that keeps objects runs inside a test's process.
final class KeepingStorage implements Storage, Immutability {
    static final Duration RETENTION = Duration.ofDays(30);

    private final MemoryStorage memory = new MemoryStorage();
    private final InstantSource clock;
    final Map<ObjectKey, Instant> ends = new ConcurrentHashMap<>();
    final Set<ObjectKey> refused = ConcurrentHashMap.newKeySet();
    final AtomicInteger requests = new AtomicInteger();
    CreateOnlyVerdict.Answer createOnly = CreateOnlyVerdict.Answer.ATOMIC;
    AttackVerdict.Answer attack = AttackVerdict.Answer.KEPT;

    @Nullable
    Promise promise = new Promise("COMPLIANCE", RETENTION);

    boolean silent;

    KeepingStorage(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public @Nullable Promise promise() {
        return promise;
    }

    @Override
    public void retainUntil(ObjectKey key, Instant until) {
        requests.incrementAndGet();
        if (refused.contains(key)) {
            throw new StorageException(StorageException.Kind.DENIED, "may not keep " + key, "", null);
        }
        ends.merge(key, until, (a, b) -> a.isAfter(b) ? a : b);
    }

    @Override
    public @Nullable Instant retainedUntil(ObjectKey key) {
        requests.incrementAndGet();
        answerOrNot();
        if (memory.size(key) < 0) {
            throw new StorageException(StorageException.Kind.NOT_FOUND, "no " + key, "", null);
        }
        return ends.get(key);
    }

    private void answerOrNot() {
        if (silent) {
            throw new StorageException(StorageException.Kind.UNREACHABLE, "no answer", "", null);
        }
    }

    @Override
    public CreateOnlyVerdict probeCreateOnly(int writers) {
        answerOrNot();
        int winners = createOnly == CreateOnlyVerdict.Answer.ATOMIC ? 1 : 3;
        return new CreateOnlyVerdict(createOnly, writers, winners, "");
    }

    @Override
    public AttackVerdict attack(Duration retention) {
        answerOrNot();
        Effect effect = attack == AttackVerdict.Answer.KEPT ? Effect.REFUSED : Effect.DONE;
        return new AttackVerdict(attack, List.of(new Attempt("delete its version", effect, "said")), "probed");
    }

    @Override
    public String location() {
        return "s3:fake/bucket";
    }

    @Override
    public void create() {}

    @Override
    public long size(ObjectKey key) {
        return memory.size(key);
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        memory.list(type, consumer);
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return memory.read(key, offset, length, reader);
    }

    @Override
    public Draft draft(ObjectType type) {
        Draft draft = memory.draft(type);
        return new Draft() {
            @Override
            public void append(byte[] bytes, int offset, int length) {
                draft.append(bytes, offset, length);
            }

            @Override
            public void commit(String name) {
                draft.commit(name);
                if (promise != null && type != ObjectType.LOCK && type != ObjectType.PARTIAL) {
                    ends.put(new ObjectKey(type, name), clock.instant().plus(RETENTION));
                }
            }

            @Override
            public void close() {
                draft.close();
            }
        };
    }

    @Override
    public void delete(ObjectKey key) {
        memory.delete(key);
    }

    @Override
    public int connections() {
        return 3;
    }

    @Override
    public <C> @Nullable C capability(Class<C> type) {
        return type == Immutability.class ? type.cast(this) : null;
    }

    @Override
    public void close() {}
}
