package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Lists one pack with another size, for files that are too large for a test.
final class SizedStorage implements Storage {
    private final Storage place;
    private final ObjectKey pack;
    private final long bytes;

    SizedStorage(Storage place, ObjectId pack, long bytes) {
        this.place = place;
        this.pack = ObjectKey.of(ObjectType.PACK, pack);
        this.bytes = bytes;
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        place.list(type, object -> consumer.accept(object.key().equals(pack) ? new StoredObject(pack, bytes) : object));
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
