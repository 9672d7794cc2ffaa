package dev.reprise.operations.prune;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Hands everything on to a real place; tests change a part of it. Closing leaves the place open.
abstract class ForwardingStorage implements Storage {
    private final Storage place;

    ForwardingStorage(Storage place) {
        this.place = place;
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        place.list(type, consumer);
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
