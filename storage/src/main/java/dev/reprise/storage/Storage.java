package dev.reprise.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A place that keeps named, write-once objects. Safe for use by many threads.
///
/// Every method throws [StorageException] with a kind that says whether repeating can help. An operation that
/// did not answer never counts as "not there".
public interface Storage extends AutoCloseable {
    /// The place for people and error messages, in restic's URL syntax, without credentials.
    String location();

    /// Creates the layout. Repeating it is harmless.
    void create();

    /// @return size in bytes, or -1 when the place answered that there is no such object
    long size(ObjectKey key);

    /// Reports every well-named object of a type with its size, in no order. Other names are skipped. A missing
    /// folder is an empty list. Called on the calling thread; the consumer may call this storage.
    ///
    /// @throws StorageException `NOT_FOUND` if the whole place is missing (directory, bucket): a disk that is
    /// not mounted must not look like a repository without objects
    void list(ObjectType type, Consumer<StoredObject> consumer);

    /// Runs `reader` on a range of an object and returns its result.
    ///
    /// The stream is opened and closed here and must not be kept. It gives exactly `length` bytes unless the
    /// reader stops early. `reader` may run again after a retryable failure, so it must start from scratch.
    ///
    /// @param offset first byte
    /// @param length number of bytes, or -1 for all from `offset` on
    /// @throws StorageException `NOT_FOUND` if there is no such object, `RANGE_TOO_SHORT` if it ends before that
    <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader);

    /// Starts a new object whose name may depend on its content. Nothing is visible before [Draft#commit].
    ///
    /// @param type where it will lie
    Draft draft(ObjectType type);

    /// A draft of a pack that will hold nothing but contents of files. A place may keep it where bytes are cheap
    /// and slow to come by; whatever a look into a snapshot needs never comes this way. A wrapper that does not
    /// pass this on makes an ordinary pack of it, which costs more and harms nothing.
    default Draft contentDraft() {
        return draft(ObjectType.PACK);
    }

    /// Removes an object. One that is already gone is no error.
    void delete(ObjectKey key);

    /// How many operations this place serves well at a time; at least 2.
    int connections();

    /// What this place can do beside this contract, such as
    /// [Immutability][dev.reprise.storage.immutability.Immutability]. Wrappers pass the question on,
    /// except those that keep changes away from the place.
    ///
    /// @return null if it cannot
    default <C> @Nullable C capability(Class<C> type) {
        return null;
    }

    /// Whole objects for which memory is no question (keys, locks, snapshots, index files).
    default byte[] readAll(ObjectKey key) {
        return read(key, 0, -1, InputStream::readAllBytes);
    }

    /// Writes a whole object that is already in memory. Durable on return.
    default void write(ObjectKey key, byte[] content) {
        try (Draft draft = draft(key.type())) {
            draft.append(content, 0, content.length);
            draft.commit(key.name());
        }
    }

    @Override
    void close();

    /// Reads one body.
    @FunctionalInterface
    interface BodyReader<T extends @Nullable Object> {
        T read(InputStream body) throws IOException;
    }

    /// An object being written. Belongs to one thread at a time.
    interface Draft extends AutoCloseable {
        /// Adds bytes; the array may be reused at once.
        void append(byte[] bytes, int offset, int length);

        /// Gives the object its name and makes it durable. May be repeated after a retryable failure: the
        /// content is kept until [#close()]. An object of that name that is already there is replaced only
        /// for `config`, otherwise the outcome is the one of equal bytes; so repeating a commit whose answer
        /// was lost is harmless.
        void commit(String name);

        /// Discards everything unless committed.
        @Override
        void close();
    }

    /// @param key  which object
    /// @param size in bytes
    record StoredObject(ObjectKey key, long size) {}
}
