package dev.reprise.storage.retry;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage.Draft;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/// A draft whose commit is repeated. After a failure nobody knows whether the object is there; if a
/// place that does not overwrite then refuses the repetition, what it holds decides.
final class RetryingDraft implements Draft {
    private final ObjectType type;
    private final Draft draft;
    private final RetryingStorage storage;
    /// Of `config` only, whose name says nothing about its content.
    private final ByteArrayOutputStream content = new ByteArrayOutputStream(0);
    private long size;

    RetryingDraft(ObjectType type, Draft draft, RetryingStorage storage) {
        this.type = type;
        this.draft = draft;
        this.storage = storage;
    }

    @Override
    public void append(byte[] bytes, int offset, int length) {
        draft.append(bytes, offset, length);
        size += length;
        if (type == ObjectType.CONFIG) {
            content.write(bytes, offset, length);
        }
    }

    @Override
    public void commit(String name) {
        var key = new ObjectKey(type, name);
        storage.commit(draft, key, () -> isThere(key));
    }

    private boolean isThere(ObjectKey key) {
        return storage.size(key) == size
                && (type != ObjectType.CONFIG || Arrays.equals(storage.readAll(key), content.toByteArray()));
    }

    @Override
    public void close() {
        draft.close();
    }
}
