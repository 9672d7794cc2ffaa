package dev.reprise.repository;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Notes what is written, in order.
record ObservedStorage(Storage inner, List<String> written) implements Storage {
    @Override
    public String location() {
        return inner.location();
    }

    @Override
    public void create() {
        inner.create();
    }

    @Override
    public long size(ObjectKey key) {
        return inner.size(key);
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        inner.list(type, consumer);
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return inner.read(key, offset, length, reader);
    }

    @Override
    public Draft draft(ObjectType type) {
        Draft draft = inner.draft(type);
        return new Draft() {
            @Override
            public void append(byte[] bytes, int offset, int length) {
                draft.append(bytes, offset, length);
            }

            @Override
            public void commit(String name) {
                draft.commit(name);
                written.add(type + " " + name);
            }

            @Override
            public void close() {
                draft.close();
            }
        };
    }

    @Override
    public void delete(ObjectKey key) {
        inner.delete(key);
    }

    @Override
    public int connections() {
        return inner.connections();
    }

    @Override
    public void close() {
        inner.close();
    }
}
