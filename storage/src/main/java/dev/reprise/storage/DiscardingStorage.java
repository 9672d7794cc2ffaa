package dev.reprise.storage;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A place that is read, while whatever is written vanishes: for runs that only show what they would do. What was
/// written cannot be read back, and a removal removes nothing.
public final class DiscardingStorage implements Storage {
    private final Storage place;

    /// @param place closed together with this
    public DiscardingStorage(Storage place) {
        this.place = place;
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public void create() {}

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
        return new Vanishing();
    }

    @Override
    public void delete(ObjectKey key) {}

    @Override
    public int connections() {
        return place.connections();
    }

    @Override
    public void close() {
        place.close();
    }

    private static final class Vanishing implements Draft {
        @Override
        public void append(byte[] bytes, int offset, int length) {}

        @Override
        public void commit(String name) {}

        @Override
        public void close() {}
    }
}
