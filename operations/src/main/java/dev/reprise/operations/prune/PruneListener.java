package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectType;

/// Hears what a prune does. Methods may be called from several threads at a time and must not throw.
public interface PruneListener {
    /// A new stretch of work begins.
    void phase(String text);

    /// Something people should know that does not stop the prune.
    void warning(String text);

    /// An object was deleted.
    void removed(ObjectType type, ObjectId id);
}
