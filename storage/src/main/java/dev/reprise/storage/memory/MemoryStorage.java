package dev.reprise.storage.memory;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps objects in memory as long as it is reachable; closing it loses nothing.
public final class MemoryStorage implements Storage {
    private final ConcurrentNavigableMap<String, byte[]> objects = new ConcurrentSkipListMap<>();

    @Override
    public String location() {
        return "memory:";
    }

    @Override
    public void create() {}

    @Override
    public long size(ObjectKey key) {
        byte[] object = objects.get(key.path());
        return object == null ? -1 : object.length;
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        objects.forEach((path, object) -> {
            String name = path.substring(path.lastIndexOf('/') + 1);
            if (type == typeOf(path)) {
                consumer.accept(new StoredObject(new ObjectKey(type, name), object.length));
            }
        });
    }

    private static ObjectType typeOf(String path) {
        for (ObjectType type : ObjectType.values()) {
            if (type != ObjectType.CONFIG && path.startsWith(type.folder() + "/")) {
                return type;
            }
        }
        return ObjectType.CONFIG;
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        if (offset < 0 || length < -1) {
            throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
        }
        byte[] object = objects.get(key.path());
        if (object == null) {
            throw new StorageException(Kind.NOT_FOUND, "no object " + key + " in memory", "", null);
        }
        if (offset > object.length || length > object.length - offset) {
            String fact = key + " in memory has " + object.length + " bytes, asked for " + length + " from " + offset;
            throw new StorageException(Kind.RANGE_TOO_SHORT, fact, "", null);
        }
        int count = (int) (length < 0 ? object.length - offset : length);
        try {
            return reader.read(new ByteArrayInputStream(object, (int) offset, count));
        } catch (IOException e) {
            throw new StorageException(Kind.OTHER, "could not read " + key + ": " + e.getMessage(), "", e);
        }
    }

    @Override
    public Draft draft(ObjectType type) {
        return new MemoryDraft(type);
    }

    @Override
    public void delete(ObjectKey key) {
        objects.remove(key.path());
    }

    @Override
    public int connections() {
        return 4;
    }

    @Override
    public void close() {}

    private final class MemoryDraft implements Draft {
        private final ObjectType type;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private boolean ended;

        MemoryDraft(ObjectType type) {
            this.type = type;
        }

        @Override
        public void append(byte[] bytes, int offset, int length) {
            requireOpen();
            content.write(bytes, offset, length);
        }

        @Override
        public void commit(String name) {
            requireOpen();
            objects.put(new ObjectKey(type, name).path(), content.toByteArray());
            ended = true;
        }

        @Override
        public void close() {
            ended = true;
        }

        private void requireOpen() {
            if (ended) {
                throw new IllegalStateException("this draft of a " + type + " object has ended");
            }
        }
    }
}
