package dev.reprise.operations.prune;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/// Hides the index files that were there: who writes through it stores everything once more, as two backups
/// at the same time do.
final class HiddenIndexStorage extends ForwardingStorage {
    private final Set<ObjectKey> hidden = new HashSet<>();

    HiddenIndexStorage(Storage place) {
        super(place);
        place.list(ObjectType.INDEX, object -> hidden.add(object.key()));
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        super.list(type, object -> {
            if (!hidden.contains(object.key())) {
                consumer.accept(object);
            }
        });
    }
}
