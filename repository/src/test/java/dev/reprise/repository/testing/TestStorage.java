package dev.reprise.repository.testing;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Objects in memory, as a repository sees them. A hook sees every operation first and may throw.
public final class TestStorage implements Storage {
    /// One operation, before it has any effect.
    public enum Operation {
        SIZE,
        LIST,
        READ,
        DRAFT,
        APPEND,
        COMMIT,
        DELETE
    }

    public interface Hook {
        void before(Operation operation, ObjectType type);
    }

    private final Map<String, byte[]> objects = new ConcurrentSkipListMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger contentDrafts = new AtomicInteger();
    private volatile Hook hook = (operation, type) -> {};

    public void hook(Hook hook) {
        this.hook = hook;
    }

    public static StorageException failure(Kind kind, String fact) {
        return new StorageException(kind, fact, "", null);
    }

    /// The stored bytes themselves: changing them is damage.
    public byte[] bytes(ObjectKey key) {
        return Objects.requireNonNull(objects.get(key.path()), key.path());
    }

    public void replace(ObjectKey key, byte[] bytes) {
        objects.put(key.path(), bytes);
    }

    public long count(ObjectType type) {
        return objects.keySet().stream()
                .filter(path -> path.startsWith(type.folder() + "/"))
                .count();
    }

    /// Reads since the start.
    public int reads() {
        return reads.get();
    }

    /// Packs started as holding nothing but contents of files.
    public int contentDrafts() {
        return contentDrafts.get();
    }

    @Override
    public Draft contentDraft() {
        contentDrafts.incrementAndGet();
        return draft(ObjectType.PACK);
    }

    @Override
    public String location() {
        return "test:";
    }

    @Override
    public void create() {}

    @Override
    public long size(ObjectKey key) {
        hook.before(Operation.SIZE, key.type());
        byte[] object = objects.get(key.path());
        return object == null ? -1 : object.length;
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        hook.before(Operation.LIST, type);
        objects.forEach((path, object) -> {
            if (path.startsWith(type.folder() + "/")) {
                String name = path.substring(path.lastIndexOf('/') + 1);
                consumer.accept(new StoredObject(new ObjectKey(type, name), object.length));
            }
        });
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        hook.before(Operation.READ, key.type());
        reads.incrementAndGet();
        byte[] object = objects.get(key.path());
        if (object == null) {
            throw failure(Kind.NOT_FOUND, key + " does not exist");
        }
        long wanted = length < 0 ? object.length - offset : length;
        if (offset + wanted > object.length || wanted < 0) {
            throw failure(Kind.RANGE_TOO_SHORT, key + " ends at " + object.length);
        }
        try {
            return reader.read(new ByteArrayInputStream(object, (int) offset, (int) wanted));
        } catch (IOException e) {
            throw new StorageException(Kind.OTHER, "cannot read " + key + ": " + e.getMessage(), "", e);
        }
    }

    @Override
    public Draft draft(ObjectType type) {
        hook.before(Operation.DRAFT, type);
        var content = new ByteArrayOutputStream();
        return new Draft() {
            @Override
            public void append(byte[] bytes, int offset, int length) {
                hook.before(Operation.APPEND, type);
                content.write(bytes, offset, length);
            }

            @Override
            public void commit(String name) {
                hook.before(Operation.COMMIT, type);
                objects.put(new ObjectKey(type, name).path(), content.toByteArray());
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void delete(ObjectKey key) {
        hook.before(Operation.DELETE, key.type());
        objects.remove(key.path());
    }

    @Override
    public int connections() {
        return 3;
    }

    @Override
    public void close() {}
}
