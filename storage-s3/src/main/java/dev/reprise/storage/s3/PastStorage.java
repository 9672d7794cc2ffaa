package dev.reprise.storage.s3;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A bucket with versions as it was at a moment: for the day on which what lies there now was
/// hidden or overwritten. Changes nothing, and needs no right to. One attempt at each operation.
final class PastStorage implements Storage {
    private final S3Address address;
    private final S3Options options;
    private final S3Connection connection;
    private final S3Failures failures;
    private final S3Reading reading;
    private final PastVersions versions;

    PastStorage(
            S3Address address,
            S3Options options,
            S3Connection connection,
            S3Failures failures,
            S3Reading reading,
            PastVersions versions) {
        this.address = address;
        this.options = options;
        this.connection = connection;
        this.failures = failures;
        this.reading = reading;
        this.versions = versions;
    }

    @Override
    public String location() {
        return address.location();
    }

    @Override
    public void create() {
        throw refused("creating it");
    }

    @Override
    public long size(ObjectKey key) {
        return versions.of(key).map(PastVersions.Version::size).orElse(-1L);
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        String folder = type == ObjectType.CONFIG ? "config" : type.folder() + "/";
        versions.list("list " + folder, address.key(folder), type == ObjectType.PACK, (name, version) -> {
            String last = name.substring(name.lastIndexOf('/') + 1);
            boolean wellNamed = type == ObjectType.CONFIG ? last.equals("config") : ObjectId.isName(last);
            if (wellNamed) {
                var key = new ObjectKey(type, last);
                if (name.equals(address.key(key.path()))) {
                    consumer.accept(new StoredObject(key, version.size()));
                }
            }
        });
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        return reading.read(key, offset, length, reader);
    }

    @Override
    public Draft draft(ObjectType type) {
        throw refused("writing a " + type + " object");
    }

    @Override
    public void delete(ObjectKey key) {
        throw refused("deleting " + key);
    }

    private StorageException refused(String change) {
        return failures.failed(
                Kind.DENIED,
                "change anything",
                "it is looked at as of " + versions.moment() + ", which allows no " + change,
                "take out the option s3.as-of; where a command wants a lock, add --no-lock",
                null);
    }

    @Override
    public int connections() {
        return options.connections();
    }

    @Override
    public void close() {
        connection.close();
    }
}
