package dev.reprise.repository.testing;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;

/// Unpacked objects stored as they are: tests read and damage the JSON itself.
public record PlainObjects(Storage storage) implements UnpackedObjects {
    @Override
    public ObjectId save(ObjectType type, byte[] json) {
        ObjectId id = ObjectId.hash(json);
        storage.write(ObjectKey.of(type, id), json);
        return id;
    }

    @Override
    public byte[] load(ObjectType type, ObjectId id) {
        byte[] json = storage.readAll(ObjectKey.of(type, id));
        if (!ObjectId.hash(json).equals(id)) {
            throw RepositoryException.damaged(ObjectKey.of(type, id).path(), "its hash differs", null);
        }
        return json;
    }
}
