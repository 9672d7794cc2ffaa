package dev.reprise.repository.unpacked;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.model.DocumentMemory;
import dev.reprise.repository.model.ObjectName;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Sealed JSON documents on a storage. Safe for many threads: each call borrows a codec.
public final class SealedDocuments implements UnpackedObjects, AutoCloseable {
    /// Index files of other programs may hold millions of blobs.
    static final int MAX_INDEX_BYTES = 1 << 30;
    /// Everything else is a few kilobytes in real life.
    static final int MAX_OTHER_BYTES = 64 << 20;
    /// Sealed bytes, JSON and what is made of it are held at a time, by several threads.
    private static final long MEMORY_SHARE = Runtime.getRuntime().maxMemory() / 8;

    private static final int FIRST_READ_BYTES = 1 << 20;

    private final Storage storage;
    private final KeySet keys;
    private final int version;
    private final SecureRandom random;
    private final ConcurrentLinkedQueue<DocumentCodec> idle = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /// @param version of the repository, 1 or 2
    public SealedDocuments(Storage storage, KeySet keys, int version, SecureRandom random) {
        this.storage = storage;
        this.keys = keys;
        this.version = version;
        this.random = random;
    }

    @Override
    public ObjectId save(ObjectType type, byte[] json) {
        return save(type, json, json.length, new DocumentMemory());
    }

    @Override
    public ObjectId save(ObjectType type, byte[] json, int length, DocumentMemory memory) {
        if (length > limit(type)) {
            throw RepositoryException.refused(
                    "a new %s of %d bytes would be too large to be read again (at most %d)"
                            .formatted(ObjectName.word(type), length, limit(type)),
                    "save fewer paths at once");
        }
        DocumentCodec codec = borrow();
        try {
            byte[] sealed = codec.seal(json, length, memory::open);
            compare(codec, type, sealed, json, length, memory);
            ObjectId id = ObjectId.hash(sealed);
            storage.write(ObjectKey.of(type, id), sealed);
            return id;
        } finally {
            giveBack(codec);
        }
    }

    /// A fault of memory or processor between here and the seal would be found only when the data is needed.
    private static void compare(
            DocumentCodec codec, ObjectType type, byte[] sealed, byte[] json, int length, DocumentMemory memory) {
        boolean same;
        try {
            byte[] copy = memory.sealed(DocumentCodec.FRONT + sealed.length);
            System.arraycopy(sealed, 0, copy, DocumentCodec.FRONT, sealed.length);
            DocumentCodec.Opened opened = codec.open(copy, sealed.length, limit(type), memory::open);
            same = Arrays.equals(opened.bytes(), 0, opened.length(), json, 0, length);
        } catch (ForgedException | IllegalArgumentException e) {
            same = false;
        }
        if (!same) {
            throw RepositoryException.refused(
                    "a new " + ObjectName.word(type) + " did not read back as it was written, so it was not stored",
                    "test the memory of this machine");
        }
    }

    @Override
    public byte[] load(ObjectType type, ObjectId id) {
        String name = ObjectName.of(type, id);
        byte[] sealed = read(type, id, name, body -> bounded(body, limit(type)));
        requireHash(id, name, sealed, 0, sealed.length);
        return open(name, codec -> codec.open(sealed, limit(type)));
    }

    @Override
    public <R, X extends Exception> R load(
            ObjectType type, ObjectId id, DocumentMemory memory, DocumentReader<R, X> reader) throws X {
        String name = ObjectName.of(type, id);
        int limit = limit(type);
        int length = read(type, id, name, body -> bounded(body, limit, memory));
        byte[] sealed = memory.sealed(0);
        requireHash(id, name, sealed, DocumentCodec.FRONT, length);
        DocumentCodec.Opened opened = open(name, codec -> codec.open(sealed, length, limit, memory::open));
        return reader.read(opened.bytes(), opened.length());
    }

    private static void requireHash(ObjectId id, String name, byte[] sealed, int offset, int length) {
        if (!ObjectId.hash(sealed, offset, length).equals(id)) {
            String found = length == 0 ? "it is empty" : "its %d bytes do not hash to its name";
            throw RepositoryException.damaged(name, found.formatted(length), null);
        }
    }

    private interface Opening<T> {
        T with(DocumentCodec codec) throws ForgedException;
    }

    private <T> T open(String name, Opening<T> opening) {
        DocumentCodec codec = borrow();
        try {
            return opening.with(codec);
        } catch (ForgedException | IllegalArgumentException e) {
            String detail = e.getMessage();
            throw RepositoryException.damaged(name, detail == null ? "it cannot be opened" : detail, e);
        } finally {
            giveBack(codec);
        }
    }

    /// @param reader returns null if there are more bytes than the limit
    private <T> T read(ObjectType type, ObjectId id, String name, Storage.BodyReader<@Nullable T> reader) {
        T found;
        try {
            found = storage.read(ObjectKey.of(type, id), 0, -1, reader);
        } catch (StorageException e) {
            if (e.kind() == StorageException.Kind.NOT_FOUND) {
                throw RepositoryException.missing(name, "this command");
            }
            throw e;
        }
        if (found == null) {
            throw RepositoryException.damaged(name, "it is larger than " + limit(type) + " bytes", null);
        }
        return found;
    }

    private static byte @Nullable [] bounded(InputStream body, int limit) throws IOException {
        byte[] bytes = body.readNBytes(limit);
        return bytes.length == limit && body.read() >= 0 ? null : bytes;
    }

    /// Reads to where documents are opened.
    private static @Nullable Integer bounded(InputStream body, int limit, DocumentMemory memory) throws IOException {
        byte[] into = memory.sealed(DocumentCodec.FRONT + Math.min(limit, FIRST_READ_BYTES));
        int length = 0;
        while (true) {
            int room = Math.min(limit, into.length - DocumentCodec.FRONT) - length;
            int read = room > 0 ? body.readNBytes(into, DocumentCodec.FRONT + length, room) : 0;
            length += read;
            if (read < room) {
                return length;
            }
            if (length == limit) {
                return body.read() >= 0 ? null : length;
            }
            into = memory.sealed(DocumentCodec.FRONT + (int) Math.min(limit, 2L * length));
        }
    }

    private static int limit(ObjectType type) {
        return (int) Math.min(MEMORY_SHARE, type == ObjectType.INDEX ? MAX_INDEX_BYTES : MAX_OTHER_BYTES);
    }

    private DocumentCodec borrow() {
        DocumentCodec codec = idle.poll();
        return codec != null ? codec : new DocumentCodec(keys, version, random);
    }

    private void giveBack(DocumentCodec codec) {
        idle.add(codec);
        if (closed) {
            release();
        }
    }

    private void release() {
        for (DocumentCodec codec = idle.poll(); codec != null; codec = idle.poll()) {
            codec.close();
        }
    }

    /// Frees what lies outside the heap. Calls under way end first and free theirs.
    @Override
    public void close() {
        closed = true;
        release();
    }
}
