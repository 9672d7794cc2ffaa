package dev.reprise.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A place that keeps named, write-once objects. Safe for use by many threads. What is promised
/// here is tested by one suite (`storage-suite`) that every place and every wrapper passes.
///
/// **Failures.** Every method throws [StorageException], or [dev.reprise.base.CancelledException]
/// if the thread was interrupted, whose flag is then set. The exception's kind says whether
/// repeating can help: [StorageException#retryable()]. A place makes one attempt; repeating is the
/// business of whoever wraps it. Absence (`NOT_FOUND`, a size of -1, an object that a listing
/// lacks) is told only when the place said so; an operation that did not answer never counts as
/// "not there". What callers got wrong themselves is an `IllegalArgumentException` or
/// `IllegalStateException`.
///
/// **What may be repeated.** Every operation, any number of times, also when it took place and only
/// its answer was lost. Listing and reading start from scratch then.
///
/// **Atomicity.** An object is there whole under its name, or not at all; readers never meet a part
/// of it. A commit or removal is seen by every operation that begins after it has returned, on this
/// handle and on any other.
///
/// **Threads.** What [#read] and [#list] call runs on the calling thread and may use this storage
/// again; it must not wait for another thread that reads from it, since that one may be waiting for
/// its turn behind this one.
public interface Storage extends AutoCloseable {
    /// The place for people and error messages, in restic's URL syntax, without credentials.
    String location();

    /// Creates the layout. Repeating it is harmless.
    void create();

    /// @return size in bytes, or -1 when the place answered that there is no such object
    long size(ObjectKey key);

    /// Reports every well-named object of a type with its size, in no order. Other names are
    /// skipped. A missing folder is an empty list. Called on the calling thread; the consumer may
    /// call this storage, and may delete what it is told of.
    ///
    /// Every object that is there from the call's start to its return is reported; one that comes
    /// or goes meanwhile may be or not. A place may report an object twice if others write
    /// meanwhile, and a listing that begins anew after a failure does:
    /// [dev.reprise.storage.retry.RetryingStorage], which every place reached over a network is
    /// wrapped in, passes each on once. An exception means that the listing is not whole, whatever
    /// was reported before.
    ///
    /// @throws StorageException `NOT_FOUND` if the whole place is missing (directory, bucket): a
    /// disk that is not mounted must not look like a repository without objects
    void list(ObjectType type, Consumer<StoredObject> consumer);

    /// Runs `reader` on a range of an object and returns its result.
    ///
    /// The stream is opened and closed here and must not be kept. It gives exactly `length` bytes
    /// unless the reader stops early; a single `read` may give fewer than asked for. If the object
    /// or the connection ends before, the stream throws and this method fails. `reader` may run
    /// again after a retryable failure, so it must start from scratch, or pass over what it has
    /// handled. An unchecked exception of the reader comes out as it is and is never a reason to
    /// repeat.
    ///
    /// @param offset first byte
    /// @param length number of bytes, or -1 for all from `offset` on
    /// @throws StorageException `NOT_FOUND` if there is no such object, `RANGE_TOO_SHORT` if it
    /// ends before that
    <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader);

    /// Starts a new object whose name may depend on its content. Nothing is visible before
    /// [Draft#commit].
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

    /// How many operations this place serves well at a time; at least 1. A hint for how many
    /// threads pay, and the limit of [dev.reprise.storage.limit.LimitedStorage].
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

    /// Frees connections; whoever opened it calls this, a wrapper closes what it wraps. Drafts are
    /// closed before. Repeating it is harmless; what is called afterwards works or is refused.
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

        /// Gives the object its name and makes it durable. May be repeated after a retryable
        /// failure: the content is kept until [#close()]. An object of that name that is already
        /// there is replaced only for `config`, otherwise the outcome is the one of equal bytes; so
        /// repeating a commit whose answer was lost is harmless. A place that refuses to overwrite
        /// succeeds if what is there has the same size, and fails with `DENIED` otherwise. A commit
        /// that succeeded ends the draft.
        void commit(String name);

        /// Discards everything unless committed.
        @Override
        void close();
    }

    /// @param key  which object
    /// @param size in bytes
    record StoredObject(ObjectKey key, long size) {}
}
