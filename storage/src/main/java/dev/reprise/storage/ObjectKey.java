package dev.reprise.storage;

import dev.reprise.base.ObjectId;

/// Names one object of a repository.
///
/// @param name `config` for the configuration, else 64 lower-case hex digits
public record ObjectKey(ObjectType type, String name) {
    public static final ObjectKey CONFIG = new ObjectKey(ObjectType.CONFIG, "config");

    public ObjectKey {
        boolean wellFormed = type == ObjectType.CONFIG ? name.equals("config") : ObjectId.isName(name);
        if (!wellFormed) {
            throw new IllegalArgumentException("not the name of a " + type + " object: " + name);
        }
    }

    public static ObjectKey of(ObjectType type, ObjectId id) {
        return new ObjectKey(type, id.hex());
    }

    /// Path below the repository's root, as on disk and in object stores: `data/ab/abcd…`, `keys/…`, `config`.
    public String path() {
        return switch (type) {
            case CONFIG -> name;
            case PACK -> type.folder() + "/" + name.substring(0, 2) + "/" + name;
            case KEY, LOCK, SNAPSHOT, INDEX, POINT, READINGS, PARTIAL -> type.folder() + "/" + name;
        };
    }

    @Override
    public String toString() {
        return path();
    }
}
