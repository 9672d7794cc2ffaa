package dev.reprise.storage.azure;

import dev.reprise.base.ObjectId;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.azure.ListPage.Blob;
import dev.reprise.storage.setup.ServerSide;
import dev.reprise.storage.spool.Spool;
import dev.reprise.storage.spool.SpooledDraft;
import dev.reprise.storage.web.KnownBody;
import dev.reprise.storage.web.Web.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A container, or a prefix in one. The service shows a blob whole or not at all, at once and everywhere.
final class AzureStorage implements Storage {
    private final AzureAddress address;
    private final AzureDoor door;
    private final AzureFailures failures;
    private final AzureUpload upload;
    private final AccessTier tier;
    private final Limits limits;
    private final int connections;
    private final Path temporaryFolder;

    /// What goes into one request.
    ///
    /// @param page   most names on a page of a listing
    /// @param single most bytes of a blob that is sent at once
    /// @param block  bytes of a block of a larger one; a blob has at most 50000
    record Limits(int page, long single, long block) {
        /// Those of restic; the service takes larger ones.
        static final Limits USUAL = new Limits(5000, 256L << 20, 100L << 20);
    }

    /// @param door            closed with this
    /// @param temporaryFolder for blobs on their way
    AzureStorage(
            AzureAddress address,
            AzureDoor door,
            AzureFailures failures,
            AzureUpload upload,
            AccessTier tier,
            Limits limits,
            int connections,
            Path temporaryFolder) {
        this.address = address;
        this.door = door;
        this.failures = failures;
        this.upload = upload;
        this.tier = tier;
        this.limits = limits;
        this.connections = connections;
        this.temporaryFolder = temporaryFolder;
    }

    @Override
    public String location() {
        return address.location();
    }

    /// Makes the container if it is missing; a signature that may not look is taken to have one.
    @Override
    public void create() {
        try {
            door.document(container("GET"));
        } catch (AzureStatusException e) {
            if (e.saysNoContainer()) {
                makeContainer();
            } else if (e.status() != 403 || !e.code().startsWith("Authorization")) {
                throw failures.translate("look for the container", e);
            }
        } catch (IOException e) {
            throw failures.translate("look for the container", e);
        }
    }

    private void makeContainer() {
        try {
            door.document(container("PUT"));
        } catch (AzureStatusException e) {
            if (!e.code().equals("ContainerAlreadyExists")) { // another one was faster
                throw failures.translate("make the container", e);
            }
        } catch (IOException e) {
            throw failures.translate("make the container", e);
        }
    }

    private Ask container(String method) {
        return new Ask(method, door.account().containerPath(address.container())).query("restype", "container");
    }

    private Ask blob(String method, ObjectKey key) {
        return new Ask(method, door.account().blobPath(address.container(), address.name(key.path())));
    }

    @Override
    public long size(ObjectKey key) {
        try {
            Answer answer = properties(key);
            long size = answer.response()
                    .headers()
                    .firstValueAsLong("Content-Length")
                    .orElse(-1);
            if (size < 0) {
                throw new IOException("an answer without a size");
            }
            return size;
        } catch (AzureStatusException e) {
            if (e.saysNoBlob() || e.saysNoContainer()) {
                return -1;
            }
            throw failures.translate("look up " + key, e);
        } catch (IOException e) {
            throw failures.translate("look up " + key, e);
        }
    }

    private Answer properties(ObjectKey key) throws IOException {
        Answer answer = door.send(blob("HEAD", key));
        door.requireSuccess(answer);
        answer.bytes();
        return answer;
    }

    private String date(ObjectKey key) {
        try {
            return properties(key).header("Date");
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
        String marker = "";
        do {
            ListPage page = page(type, marker);
            page.blobs().forEach(blob -> tell(type, blob, consumer));
            marker = page.next();
        } while (!marker.isEmpty());
    }

    private ListPage page(ObjectType type, String marker) {
        try {
            Ask ask = container("GET")
                    .query("comp", "list")
                    .query("prefix", address.name(type.folder()) + "/")
                    .query("maxresults", String.valueOf(limits.page()));
            if (!marker.isEmpty()) {
                ask.query("marker", marker);
            }
            ListPage page = ListPage.parse(door.document(ask));
            if (!marker.isEmpty() && page.next().equals(marker)) {
                throw new IOException("a listing that does not go on");
            }
            return page;
        } catch (IOException e) {
            throw failures.translate("list " + type.folder(), e);
        }
    }

    private void tell(ObjectType type, Blob blob, Consumer<StoredObject> consumer) {
        String name = blob.name().substring(blob.name().lastIndexOf('/') + 1);
        if (!ObjectId.isName(name)) {
            return;
        }
        var key = new ObjectKey(type, name);
        if (address.name(key.path()).equals(blob.name())) {
            consumer.accept(new StoredObject(key, blob.size()));
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
            Ask ask = blob("GET", key);
            if (offset > 0 || length > 0) {
                ask.header("range", "bytes=" + offset + "-" + (length < 0 ? "" : end(offset, length)));
            }
            return answered(key, offset, length, door.send(ask), reader);
        } catch (IOException e) {
            throw failures.translate("read " + key, e);
        }
    }

    private static long end(long offset, long length) {
        return length > Long.MAX_VALUE - offset ? Long.MAX_VALUE - 1 : offset + length - 1;
    }

    /// Also for the end of a blob, which no range of HTTP can name.
    private <T extends @Nullable Object> T readNothing(ObjectKey key, long offset, BodyReader<T> reader) {
        long size = size(key);
        if (size < 0) {
            throw failures.absent(key);
        }
        if (offset > size) {
            throw failures.tooShort(key, offset, 0, size);
        }
        return passed(key, new KnownBody(InputStream.nullInputStream(), 0), reader);
    }

    private <T extends @Nullable Object> T answered(
            ObjectKey key, long offset, long length, Answer answer, BodyReader<T> reader) throws IOException {
        if (answer.status() == 416) {
            answer.bytes();
            if (length < 0) {
                return readNothing(key, offset, reader);
            }
            throw failures.tooShort(key, offset, length, size(key));
        }
        door.requireSuccess(answer);
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

    /// Whatever a command reads is never archived.
    @Override
    public Draft draft(ObjectType type) {
        return new SpooledDraft(type, temporaryFolder, (key, content) -> upload(key, content, tier.ofMetadata()));
    }

    @Override
    public Draft contentDraft() {
        return new SpooledDraft(ObjectType.PACK, temporaryFolder, (key, content) -> upload(key, content, tier));
    }

    private void upload(ObjectKey key, Spool content, AccessTier wanted) {
        try {
            upload.send(key, content, wanted);
        } catch (AzureStatusException e) {
            if (key.type() == ObjectType.CONFIG || !e.maySayItExists()) {
                throw failures.translate("store " + key, e);
            }
            long there = size(key);
            if (there < 0 && e.isRefusal()) {
                throw failures.translate("store " + key, e);
            }
            if (there != content.size()) { // equal names have equal contents
                throw failures.existsOtherwise(key, there, e);
            }
        } catch (IOException e) {
            throw failures.translate("store " + key, e);
        }
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            door.document(blob("DELETE", key));
        } catch (AzureStatusException e) {
            if (!e.saysNoBlob()) {
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
        return type == ServerSide.class ? type.cast(new AzureServerSide(address, door.account(), this::date)) : null;
    }

    @Override
    public void close() {
        door.close();
    }
}
