package dev.reprise.storage.faults;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Passes everything on to a place and fails where it was told to:
/// `faulty.on(Operation.READ).nth(3).fail(kind)`.
///
/// Operations are counted per rule from the moment the rule was added. Where several rules apply,
/// the first added acts first. Bits are chosen by the seed, so a run with one thread is the same
/// every time.
public final class FaultyStorage implements Storage {
    /// What can be made to fail.
    public enum Operation {
        CREATE,
        SIZE,
        LIST,
        READ,
        DRAFT,
        APPEND,
        COMMIT,
        DELETE
    }

    /// One operation that was asked for.
    ///
    /// @param path the object's path, or the folder where there is no object yet
    public record Event(Operation operation, String path) {}

    private final Storage place;
    private final Random random;
    private final List<FaultRule> rules = new CopyOnWriteArrayList<>();
    private final List<Event> history = new ArrayList<>();
    private final AtomicLong space = new AtomicLong(Long.MAX_VALUE);

    /// @param place closed together with this
    /// @param seed  decides which bits flip and where bodies end
    public FaultyStorage(Storage place, long seed) {
        this.place = place;
        this.random = new Random(seed);
    }

    /// Starts a rule for these operations, counted together.
    public FaultRule.Choice on(Operation... operations) {
        return new FaultRule.Choice(Set.of(operations), rules::add);
    }

    /// From now on this many bytes can be appended; then the place is full.
    public void leaveSpace(long bytes) {
        space.set(bytes);
    }

    /// Ends all failing.
    public void heal() {
        rules.forEach(FaultRule::end);
        rules.clear();
        space.set(Long.MAX_VALUE);
    }

    /// Everything asked for so far, in the order it was begun, also what was made to fail.
    public List<Event> history() {
        synchronized (history) {
            return List.copyOf(history);
        }
    }

    /// How many operations of a kind were begun.
    public long count(Operation operation) {
        return history().stream().filter(e -> e.operation() == operation).count();
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public void create() {
        FaultStep step = begin(Operation.CREATE, "");
        place.create();
        step.done();
    }

    @Override
    public long size(ObjectKey key) {
        FaultStep step = begin(Operation.SIZE, key.path());
        long size = place.size(key);
        step.done();
        return size;
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        FaultStep step = begin(Operation.LIST, type.folder());
        step.list(listing -> place.list(type, listing), consumer);
        step.done();
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        FaultStep step = begin(Operation.READ, key.path());
        T result = place.read(key, offset, length, body -> step.read(body, reader));
        step.done();
        return result;
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
        FaultStep step = begin(Operation.DRAFT, type.folder());
        Draft draft = start.get();
        step.done();
        return new FaultyDraft(type, draft);
    }

    /// As the place gives it; nothing fails there.
    @Override
    public <C> @Nullable C capability(Class<C> type) {
        return place.capability(type);
    }

    @Override
    public void delete(ObjectKey key) {
        FaultStep step = begin(Operation.DELETE, key.path());
        place.delete(key);
        step.done();
    }

    @Override
    public int connections() {
        return place.connections();
    }

    @Override
    public void close() {
        heal();
        place.close();
    }

    private FaultStep begin(Operation operation, String path) {
        synchronized (history) {
            history.add(new Event(operation, path));
        }
        var step = new FaultStep(operation + " " + path, random);
        for (FaultRule rule : rules) {
            if (rule.applies(operation, random)) {
                rule.act(step);
            }
        }
        return step;
    }

    private final class FaultyDraft implements Draft {
        private final ObjectType type;
        private final Draft draft;

        FaultyDraft(ObjectType type, Draft draft) {
            this.type = type;
            this.draft = draft;
        }

        @Override
        public void append(byte[] bytes, int offset, int length) {
            FaultStep step = begin(Operation.APPEND, type.folder());
            int fitting = Math.clamp(space.getAndAdd(-length), 0, length);
            byte[] spoiled = step.spoil(bytes, offset, length);
            draft.append(spoiled, 0, Math.min(fitting, spoiled.length));
            if (fitting < length) {
                String fact = "no space left at " + location() + " (made to fail)";
                throw new StorageException(StorageException.Kind.FULL, fact, "call leaveSpace", null);
            }
            step.done();
        }

        @Override
        public void commit(String name) {
            FaultStep step = begin(Operation.COMMIT, new ObjectKey(type, name).path());
            draft.commit(name);
            step.done();
        }

        @Override
        public void close() {
            draft.close();
        }
    }
}
