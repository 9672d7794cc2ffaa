package dev.reprise.storage;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A place that is only looked at: every change is refused before it reaches it.
public final class ReadOnlyStorage implements Storage {
    private final Storage place;

    /// @param place closed together with this
    public ReadOnlyStorage(Storage place) {
        this.place = place;
    }

    @Override
    public String location() {
        return place.location();
    }

    @Override
    public void create() {
        throw refused("creating it");
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
        throw refused("writing a " + type + " object");
    }

    @Override
    public void delete(ObjectKey key) {
        throw refused("deleting " + key);
    }

    @Override
    public int connections() {
        return place.connections();
    }

    @Override
    public void close() {
        place.close();
    }

    private StorageException refused(String change) {
        return new StorageException(
                StorageException.Kind.DENIED,
                place.location() + " is open for reading only, refused " + change,
                "repeat the command without its read-only option",
                null);
    }
}
