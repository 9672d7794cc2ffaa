package dev.reprise.operations.prune;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Hides the index files that were there: who writes through it stores everything once more, as two backups
/// at the same time do.
final class HiddenIndexStorage implements Storage {
    private final Storage place;
    private final Set<ObjectKey> hidden = new HashSet<>();

    HiddenIndexStorage(Storage place) {
        this.place = place;
        place.list(ObjectType.INDEX, object -> hidden.add(object.key()));
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        place.list(type, object -> {
            if (!hidden.contains(object.key())) {
                consumer.accept(object);
            }
        });
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
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return place.read(key, offset, length, reader);
    }

    @Override
    public Draft draft(ObjectType type) {
        return place.draft(type);
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
    public void close() {}
}
