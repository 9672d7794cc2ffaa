package dev.reprise.storage;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A place that does what another does, but for what a test changes.
public interface Forwarding extends Storage {
    Storage place();

    @Override
    default String location() {
        return place().location();
    }

    @Override
    default void create() {
        place().create();
    }

    @Override
    default long size(ObjectKey key) {
        return place().size(key);
    }

    @Override
    default void list(ObjectType type, Consumer<StoredObject> consumer) {
        place().list(type, consumer);
    }

    @Override
    default <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return place().read(key, offset, length, reader);
    }

    @Override
    default Draft draft(ObjectType type) {
        return place().draft(type);
    }

    @Override
    default void delete(ObjectKey key) {
        place().delete(key);
    }

    @Override
    default int connections() {
        return place().connections();
    }

    @Override
    default void close() {
        place().close();
    }
}
