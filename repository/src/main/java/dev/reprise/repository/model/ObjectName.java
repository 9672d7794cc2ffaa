package dev.reprise.repository.model;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectType;

/// How stored objects are called in messages.
public final class ObjectName {
    private ObjectName() {}

    /// `snapshot 5f3a…` with all 64 digits, so that the file can be found; the configuration has no id.
    public static String of(ObjectType type, ObjectId id) {
        return word(type) + " " + id.hex();
    }

    public static String word(ObjectType type) {
        return switch (type) {
            case CONFIG -> "config";
            case KEY -> "key";
            case LOCK -> "lock";
            case SNAPSHOT -> "snapshot";
            case INDEX -> "index";
            case PACK -> "pack";
            case POINT -> "point";
            case READINGS -> "record of readings";
            case PARTIAL -> "partial snapshot";
        };
    }
}
