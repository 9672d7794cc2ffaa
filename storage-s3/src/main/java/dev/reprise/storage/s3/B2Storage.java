package dev.reprise.storage.s3;

import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.url.PlaceSettings;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A bucket of B2 over S3's protocol, whose host is asked for at the first operation. An attempt
/// that fails to learn it is an attempt that failed; the next one asks again.
final class B2Storage implements Storage {
    private final String bucket;
    private final String prefix;
    private final B2Account account;
    private final PlaceSettings settings;
    private final int connections;
    private @Nullable S3Storage found;
    private boolean closed;

    /// @param prefix   of all keys, without a slash at either end
    /// @param settings    in S3's words
    /// @param connections requests at a time
    B2Storage(String bucket, String prefix, B2Account account, PlaceSettings settings, int connections) {
        this.bucket = bucket;
        this.prefix = prefix;
        this.account = account;
        this.settings = settings;
        this.connections = connections;
    }

    private synchronized Storage place() {
        if (closed) {
            throw new IllegalStateException("this place is closed: " + location());
        }
        S3Storage place = found;
        if (place == null) {
            S3Address address = account.find(bucket, prefix);
            place = new S3Storage(address, S3Options.of(address, settings), settings);
            found = place;
        }
        return place;
    }

    @Override
    public String location() {
        return "b2:" + bucket + (prefix.isEmpty() ? "" : ":" + prefix);
    }

    @Override
    public void create() {
        place().create();
    }

    @Override
    public long size(ObjectKey key) {
        return place().size(key);
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        place().list(type, consumer);
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return place().read(key, offset, length, reader);
    }

    @Override
    public Draft draft(ObjectType type) {
        return place().draft(type);
    }

    @Override
    public Draft contentDraft() {
        return place().contentDraft();
    }

    @Override
    public void delete(ObjectKey key) {
        place().delete(key);
    }

    @Override
    public int connections() {
        return connections;
    }

    /// Asks for the host when something other than storing is wanted.
    @Override
    public <C> @Nullable C capability(Class<C> type) {
        return place().capability(type);
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (found != null) {
            found.close();
        }
    }
}
