package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.function.Consumer;

/// Lists one pack with another size, for files that are too large for a test.
final class SizedStorage extends ForwardingStorage {
    private final ObjectKey pack;
    private final long bytes;

    SizedStorage(Storage place, ObjectId pack, long bytes) {
        super(place);
        this.pack = ObjectKey.of(ObjectType.PACK, pack);
        this.bytes = bytes;
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        super.list(type, object -> consumer.accept(object.key().equals(pack) ? new StoredObject(pack, bytes) : object));
    }
}
