package dev.reprise.operations.prune;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Does something before the first index file is written: at that moment a writer has stored packs that no
/// index names yet.
final class PauseBeforeIndexStorage implements Storage {
    private final Storage place;
    private final Runnable pause;
    private final AtomicBoolean paused = new AtomicBoolean();

    PauseBeforeIndexStorage(Storage place, Runnable pause) {
        this.place = place;
        this.pause = pause;
    }

    @Override
    public Draft draft(ObjectType type) {
        if (type == ObjectType.INDEX && !paused.getAndSet(true)) {
            pause.run();
        }
        return place.draft(type);
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
