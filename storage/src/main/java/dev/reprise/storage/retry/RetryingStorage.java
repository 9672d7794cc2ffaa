package dev.reprise.storage.retry;

import dev.reprise.base.CancelledException;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.Waiting;
import dev.reprise.storage.classes.StorageClasses;
import dev.reprise.storage.immutability.Immutability;
import dev.reprise.storage.plain.PlainFiles;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Repeats operations that failed for the moment, with growing pauses, until they succeed or the
/// policy's time is over; then the last failure comes out. What failed for good comes out at once,
/// "not found" first of all: absence is what the place said, never what it failed to say.
///
/// Beyond repeating it mends two things: a listing that began anew, or a place that reports twice,
/// passes each object on once; and a body that ends before the range does is a failure to repeat,
/// not an end. Not repeated is [Draft#append]: a place whose appends may fail for the moment keeps
/// the bytes until the commit (spool package).
public final class RetryingStorage implements Storage {
    private final Storage place;
    private final RetryPolicy policy;
    private final Waiting waiting;
    private final RandomGenerator random;
    private final RetryListener listener;

    /// @param place   closed together with this
    /// @param waiting time and pauses
    /// @param random  safe for many threads; spreads the pauses
    public RetryingStorage(
            Storage place, RetryPolicy policy, Waiting waiting, RandomGenerator random, RetryListener listener) {
        this.place = place;
        this.policy = policy;
        this.waiting = waiting;
        this.random = random;
        this.listener = listener;
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public void create() {
        repeat("Create()", () -> {
            place.create();
            return true;
        });
    }

    @Override
    public long size(ObjectKey key) {
        return repeat("Stat(" + name(key) + ")", () -> place.size(key));
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        var told = new ToldOnce(consumer);
        repeat("List(" + type.folder() + ")", () -> {
            try {
                place.list(type, told);
            } catch (StorageException e) {
                told.rethrowOwn();
                throw e;
            }
            return true;
        });
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        String operation = "Load(%s, %d, %d)".formatted(name(key), Math.max(0, length), offset);
        return this.<T>repeat(operation, () -> {
            var attempt = new ReadAttempt<T>(key, length, reader);
            try {
                return place.read(key, offset, length, attempt);
            } catch (StorageException e) {
                throw attempt.explain(e);
            }
        });
    }

    @Override
    public Draft draft(ObjectType type) {
        return draft(type, () -> place.draft(type));
    }

    @Override
    public Draft contentDraft() {
        return draft(ObjectType.PACK, place::contentDraft);
    }

    private Draft draft(ObjectType type, Supplier<Draft> start) {
        return new RetryingDraft(type, repeat("Save(" + type.folder() + ")", start), this);
    }

    /// The commit of a draft, again and again.
    ///
    /// @param settled whether what is there is what the draft holds; asked when a repetition was
    /// refused
    void commit(Draft draft, ObjectKey key, Supplier<Boolean> settled) {
        int[] attempts = {0};
        repeat("Save(" + name(key) + ")", () -> {
            attempts[0]++;
            try {
                draft.commit(key.name());
            } catch (StorageException e) {
                boolean refused = e.kind() == Kind.DENIED || e.kind() == Kind.OTHER;
                if (!refused || attempts[0] == 1 || !settled.get()) {
                    throw e;
                }
            }
            return true;
        });
    }

    @Override
    public void delete(ObjectKey key) {
        repeat("Remove(" + name(key) + ")", () -> {
            place.delete(key);
            return true;
        });
    }

    @Override
    public int connections() {
        return place.connections();
    }

    /// As the place gives it: what is asked of it is not repeated, except for plain files,
    /// for how long objects are kept and in which class they lie.
    @Override
    public <C> @Nullable C capability(Class<C> type) {
        C capability = place.capability(type);
        return switch (capability) {
            case PlainFiles files -> type.cast(new RetryingFiles(files, repeating()));
            case Immutability immutability -> type.cast(new RepeatedRetention(immutability, this));
            case StorageClasses classes -> type.cast(new RetryingClasses(classes, repeating()));
            case null, default -> capability;
        };
    }

    private RetryingFiles.Repeating repeating() {
        return new RetryingFiles.Repeating() {
            @Override
            public <T extends @Nullable Object> T repeat(String operation, Supplier<T> attempt) {
                return RetryingStorage.this.<T>repeat(operation, attempt);
            }
        };
    }

    @Override
    public void close() {
        place.close();
    }

    static String name(ObjectKey key) {
        String shortName = key.name().substring(0, Math.min(10, key.name().length()));
        return key.type() == ObjectType.CONFIG ? "<config/>" : "<" + key.type().folder() + "/" + shortName + ">";
    }

    <T extends @Nullable Object> T repeat(String operation, Supplier<T> attempt) {
        long begin = waiting.nanos();
        for (int failures = 1; ; failures++) {
            try {
                return attempt.get();
            } catch (CallersFailure e) {
                throw e.failure();
            } catch (StorageException e) {
                if (!e.retryable()) {
                    throw e;
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw CancelledException.interrupted(operation + " at " + location());
                }
                Duration pause = policy.pause(failures, random);
                Duration spent = Duration.ofNanos(waiting.nanos() - begin);
                if (spent.plus(pause).compareTo(policy.total()) > 0) {
                    throw givenUp(e, failures, spent);
                }
                listener.retrying(operation, pause, e);
                waiting.pause(pause);
            }
        }
    }

    private static StorageException givenUp(StorageException last, int attempts, Duration spent) {
        String fact = "%s (given up after %d attempts in %d s)".formatted(last.fact(), attempts, spent.toSeconds());
        return new StorageException(last.kind(), fact, last.hint(), last);
    }
}
