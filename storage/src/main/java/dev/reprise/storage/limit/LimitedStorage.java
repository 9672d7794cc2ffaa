package dev.reprise.storage.limit;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Lets at most [Storage#connections()] operations of a place run at a time, first come, first
/// served, and one more that writes or removes while others read: a reader may be waiting for an
/// upload, and a lock must be refreshed whatever else goes on. Operations within a reader or
/// consumer count with the one they are in. Appending to a draft counts as nothing: places reached
/// over a network send at the commit.
public final class LimitedStorage implements Storage {
    private final Storage place;
    private final Turns turns;

    /// @param place closed together with this
    public LimitedStorage(Storage place) {
        this.place = place;
        this.turns = new Turns(place.connections());
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public void create() {
        turns.write(() -> {
            place.create();
            return true;
        });
    }

    @Override
    public long size(ObjectKey key) {
        return turns.read(() -> place.size(key));
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        turns.read(() -> {
            place.list(type, consumer);
            return true;
        });
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        Supplier<T> reading = () -> place.read(key, offset, length, reader);
        return turns.read(reading);
    }

    @Override
    public Draft draft(ObjectType type) {
        return new LimitedDraft(place.draft(type));
    }

    @Override
    public Draft contentDraft() {
        return new LimitedDraft(place.contentDraft());
    }

    @Override
    public void delete(ObjectKey key) {
        turns.write(() -> {
            place.delete(key);
            return true;
        });
    }

    @Override
    public int connections() {
        return place.connections();
    }

    /// As the place gives it: what is asked of it waits for no turn.
    @Override
    public <C> @Nullable C capability(Class<C> type) {
        return place.capability(type);
    }

    @Override
    public void close() {
        place.close();
    }

    private final class LimitedDraft implements Draft {
        private final Draft draft;

        LimitedDraft(Draft draft) {
            this.draft = draft;
        }

        @Override
        public void append(byte[] bytes, int offset, int length) {
            draft.append(bytes, offset, length);
        }

        @Override
        public void commit(String name) {
            turns.write(() -> {
                draft.commit(name);
                return true;
            });
        }

        @Override
        public void close() {
            draft.close();
        }
    }
}
