package dev.reprise.storage.gcs;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.StorageException.Kind;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.spool.Spool;
import dev.reprise.storage.spool.SpooledDraft;
import dev.reprise.storage.web.Json;
import dev.reprise.storage.web.KnownBody;
import dev.reprise.storage.web.StuckWatch;
import dev.reprise.storage.web.Web.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// A bucket, or a prefix in one. The service shows an object whole or not at all, at once and
/// everywhere.
final class GcsStorage implements Storage {
    private static final String BOUNDARY = "reprise-part-5d1c6d1f0a9b4f0e";
    private static final int BUFFER = 64 << 10;

    private final GcsAddress address;
    private final GcsDoor door;
    private final Bucket bucket;
    private final int connections;
    private final Path temporaryFolder;
    private final GcsFailures failures;

    /// How a bucket is made.
    ///
    /// @param project empty if not given
    record Bucket(String project, String region) {}

    /// @param door            closed with this
    /// @param temporaryFolder for objects on their way
    GcsStorage(GcsAddress address, GcsDoor door, Bucket bucket, int connections, Path temporaryFolder) {
        this.address = address;
        this.door = door;
        this.bucket = bucket;
        this.connections = connections;
        this.temporaryFolder = temporaryFolder;
        this.failures = new GcsFailures(address);
    }

    @Override
    public String location() {
        return address.location();
    }

    /// Makes the bucket if it is missing; an account that may not look is taken to have one.
    @Override
    public void create() {
        try {
            door.get(door.endpoint().bucket(address.bucket()));
        } catch (GcsStatusException e) {
            if (e.status() == 404) {
                makeBucket();
            } else if (e.status() != 403) {
                throw failures.translate("look for the bucket", e);
            }
        } catch (IOException e) {
            throw failures.translate("look for the bucket", e);
        }
    }

    private void makeBucket() {
        if (bucket.project().isEmpty()) {
            String fact = "there is no bucket " + address.bucket() + ", and no project to make it in";
            throw new StorageException(Kind.NOT_FOUND, fact, "set GOOGLE_PROJECT_ID, or make the bucket", null);
        }
        String wanted =
                "{\"name\":" + Json.quoted(address.bucket()) + ",\"location\":" + Json.quoted(bucket.region()) + "}";
        try {
            door.post(door.endpoint().buckets(bucket.project()), wanted);
        } catch (GcsStatusException e) {
            if (e.status() != 409) { // another one was faster
                throw failures.translate("make the bucket", e);
            }
        } catch (IOException e) {
            throw failures.translate("make the bucket", e);
        }
    }

    private URI object(ObjectKey key, String query) {
        return door.endpoint().object(address.bucket(), address.name(key.path()), query);
    }

    @Override
    public long size(ObjectKey key) {
        try {
            long size = door.get(object(key, "?fields=size")).number("size");
            if (size < 0) {
                throw new IOException("an answer without a size");
            }
            return size;
        } catch (GcsStatusException e) {
            if (e.status() == 404) {
                return -1;
            }
            throw failures.translate("look up " + key, e);
        } catch (IOException e) {
            throw failures.translate("look up " + key, e);
        }
    }

    @Override
    public void list(ObjectType type, Consumer<StoredObject> consumer) {
        if (type == ObjectType.CONFIG) {
            long size = size(ObjectKey.CONFIG);
            if (size >= 0) {
                consumer.accept(new StoredObject(ObjectKey.CONFIG, size));
            }
            return;
        }
        String prefix = address.name(type.folder()) + "/";
        String token = "";
        do {
            Json page = page(type, prefix, token);
            for (Json item : page.objects("items")) {
                tell(type, item, consumer);
            }
            token = page.text("nextPageToken");
        } while (!token.isEmpty());
    }

    private Json page(ObjectType type, String prefix, String token) {
        try {
            return door.get(door.endpoint().page(address.bucket(), prefix, token));
        } catch (IOException e) {
            throw failures.translate("list " + type.folder(), e);
        }
    }

    private void tell(ObjectType type, Json item, Consumer<StoredObject> consumer) {
        String full = item.text("name");
        String name = full.substring(full.lastIndexOf('/') + 1);
        long size = item.number("size");
        if (!ObjectId.isName(name) || size < 0) {
            return;
        }
        var key = new ObjectKey(type, name);
        if (address.name(key.path()).equals(full)) {
            consumer.accept(new StoredObject(key, size));
        }
    }

    @Override
    public <T extends @Nullable Object> T read(ObjectKey key, long offset, long length, BodyReader<T> reader) {
        if (offset < 0 || length < -1) {
            throw new IllegalArgumentException("no range: offset " + offset + ", length " + length);
        }
        try {
            if (length == 0) {
                return readNothing(key, offset, reader);
            }
            Answer answer = door.send(object(key, "?alt=media"), (request, watch) -> {
                if (offset > 0 || length > 0) {
                    request.header("Range", "bytes=" + offset + "-" + (length < 0 ? "" : end(offset, length)));
                }
            });
            return answered(key, offset, length, answer, reader);
        } catch (IOException e) {
            throw failures.translate("read " + key, e);
        }
    }

    private static long end(long offset, long length) {
        return length > Long.MAX_VALUE - offset ? Long.MAX_VALUE - 1 : offset + length - 1;
    }

    /// Also for the end of an object, which no range of HTTP can name.
    private <T extends @Nullable Object> T readNothing(ObjectKey key, long offset, BodyReader<T> reader) {
        long size = size(key);
        if (size < 0) {
            throw failures.translate("read " + key, GcsStatusException.of(404, new byte[0]));
        }
        if (offset > size) {
            throw failures.tooShort(key, offset, 0, size);
        }
        return passed(key, new KnownBody(InputStream.nullInputStream(), 0), reader);
    }

    private <T extends @Nullable Object> T answered(
            ObjectKey key, long offset, long length, Answer answer, BodyReader<T> reader) throws IOException {
        if (answer.status() == 416 && length < 0) {
            answer.bytes();
            return readNothing(key, offset, reader);
        }
        if (answer.status() == 416) {
            answer.bytes();
            throw failures.tooShort(key, offset, length, size(key));
        }
        if (answer.status() != 200 && answer.status() != 206) {
            throw GcsStatusException.of(answer.status(), answer.bytes());
        }
        try (InputStream _ = answer.body()) {
            KnownBody body = KnownBody.range(answer, offset, length);
            if (body == null) {
                throw failures.tooShort(key, offset, length, size(key));
            }
            return passed(key, body, reader);
        }
    }

    private <T extends @Nullable Object> T passed(ObjectKey key, KnownBody body, BodyReader<T> reader) {
        try {
            return reader.read(body);
        } catch (IOException e) {
            throw body.broken() ? failures.translate("read " + key, e) : failures.ofReader("read " + key, e);
        }
    }

    @Override
    public Draft draft(ObjectType type) {
        return new SpooledDraft(type, temporaryFolder, this::upload);
    }

    /// In one request, which the service carries out whole or not at all: it compares the
    /// checksum before it shows the object.
    private void upload(ObjectKey key, Spool content) {
        try {
            byte[] head = head(address.name(key.path()), checksum(content));
            byte[] tail = ("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.US_ASCII);
            boolean createOnly = key.type() != ObjectType.CONFIG;
            door.document(
                    door.endpoint().upload(address.bucket(), createOnly),
                    (request, watch) -> request.header("Content-Type", "multipart/related; boundary=" + BOUNDARY)
                            .POST(BodyPublishers.concat(
                                    BodyPublishers.ofByteArray(head),
                                    publisher(content, watch),
                                    BodyPublishers.ofByteArray(tail))));
        } catch (GcsStatusException e) {
            if (e.status() != 412) {
                throw failures.translate("store " + key, e);
            }
            requireSame(key, content.size());
        } catch (IOException e) {
            throw failures.translate("store " + key, e);
        }
    }

    private static BodyPublisher publisher(Spool content, StuckWatch watch) {
        return content.size() == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(
                        BodyPublishers.ofInputStream(() -> watch.sending(content.open())), content.size());
    }

    /// It exists already: equal names have equal contents.
    private void requireSame(ObjectKey key, long size) {
        long there = size(key);
        if (there != size) {
            throw failures.existsOtherwise(key, there);
        }
    }

    private static byte[] head(String name, String checksum) {
        return ("--" + BOUNDARY + "\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n{\"name\":"
                        + Json.quoted(name)
                        + ",\"contentType\":\"application/octet-stream\",\"crc32c\":" + Json.quoted(checksum)
                        + "}\r\n--" + BOUNDARY + "\r\nContent-Type: application/octet-stream\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String checksum(Spool content) throws IOException {
        var sum = new CRC32C();
        byte[] buffer = new byte[BUFFER];
        try (InputStream bytes = content.open()) {
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                sum.update(buffer, 0, count);
            }
        }
        byte[] big =
                ByteBuffer.allocate(Integer.BYTES).putInt((int) sum.getValue()).array();
        return Base64.getEncoder().encodeToString(big);
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            door.delete(object(key, ""));
        } catch (GcsStatusException e) {
            if (e.status() != 404) {
                throw failures.translate("delete " + key, e);
            }
        } catch (IOException e) {
            throw failures.translate("delete " + key, e);
        }
    }

    @Override
    public int connections() {
        return connections;
    }

    @Override
    public <C> @Nullable C capability(Class<C> type) {
        return type == ServerSide.class ? type.cast(new GcsServerSide(address, this::date)) : null;
    }

    private String date(ObjectKey key) {
        try {
            Answer answer = door.send(object(key, "?fields=size"), (request, watch) -> request.GET());
            byte[] body = answer.bytes();
            if (answer.status() != 200) {
                throw GcsStatusException.of(answer.status(), body);
            }
            return answer.header("Date");
        } catch (IOException e) {
            throw failures.translate("look up " + key, e);
        }
    }

    @Override
    public void close() {
        door.close();
    }
}
