package dev.reprise.repository.pack;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.index.IndexFiles;
import dev.reprise.repository.index.MergedIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.Compression;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.testing.PlainObjects;
import dev.reprise.repository.testing.TestStorage;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// A repository's packs and index in memory, with its parts laid open.
final class PackFixture {
    static final WriterOptions SMALL_PACKS = new WriterOptions(Compression.AUTO, ByteSize.ofMebibytes(4));

    final TestStorage storage;
    final PlainObjects objects;
    final PackStore store;
    final int version;
    final BlobIndex index;
    Runnable ensureHeld = () -> {};
    Instant now = Instant.parse("2026-11-21T10:00:00Z");

    PackFixture(int version) {
        this(version, new TestStorage());
    }

    /// Over what is already there, with an index that was loaded before.
    PackFixture(int version, TestStorage storage) {
        this.version = version;
        this.storage = storage;
        this.objects = new PlainObjects(storage);
        byte[] key = new byte[KeySet.BYTES];
        new Random(version).nextBytes(key);
        store = new PackStore(storage, KeySet.of(key), version, new SecureRandom(), objects);
        index = loadIndex();
    }

    /// Stores a blob in a pack of its own, even if the repository has it: as a parallel backup does.
    BlobIndex.PackContent storeAlone(byte[] content) {
        MergedIndex blind = MergedIndex.empty();
        List<BlobIndex.PackContent> stored = new ArrayList<>();
        try (BlobWriter writer = store.writer(blind, new Held(), SMALL_PACKS, () -> now);
                BlobWriter.Session session = writer.session()) {
            session.save(BlobType.DATA, content, 0, content.length);
            writer.finish();
        }
        blind.forEachPack(stored::add);
        return stored.getFirst();
    }

    /// What another process would see.
    BlobIndex loadIndex() {
        return IndexFiles.load(objects, storage, version, (id, damage) -> {
            throw damage;
        });
    }

    BlobWriter writer(WriterOptions options) {
        return store.writer(index, new Held(), options, () -> now);
    }

    BlobWriter writer() {
        InstantSource clock = () -> now;
        return store.writer(index, new Held(), SMALL_PACKS, clock);
    }

    /// Saves and finishes; every blob in its turn.
    List<ObjectId> saveAll(BlobType type, byte[]... blobs) {
        try (BlobWriter writer = writer();
                BlobWriter.Session session = writer.session()) {
            List<ObjectId> ids = new ArrayList<>();
            for (byte[] blob : blobs) {
                ids.add(session.save(type, blob, 0, blob.length).id());
            }
            writer.finish();
            return ids;
        }
    }

    byte[] read(BlobHandle handle) {
        try (BlobReader reader = store.reader(loadIndex())) {
            return reader.read(handle);
        }
    }

    List<BlobIndex.PackContent> packs() {
        List<BlobIndex.PackContent> packs = new ArrayList<>();
        loadIndex().forEachPack(packs::add);
        return packs;
    }

    List<String> check(ObjectId pack, List<BlobLocation> indexed) {
        try (PackCheck check = store.check()) {
            return check.check(pack, indexed);
        }
    }

    byte[] packBytes(ObjectId pack) {
        return storage.bytes(ObjectKey.of(ObjectType.PACK, pack));
    }

    void replacePack(ObjectId pack, byte[] bytes) {
        storage.replace(ObjectKey.of(ObjectType.PACK, pack), bytes);
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] randomBytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /// Compresses about four to one.
    static byte[] prose(Random random, int length) {
        var text = new StringBuilder(length + 16);
        while (text.length() < length) {
            text.append("word").append(random.nextInt(400)).append(random.nextInt(9) == 0 ? '\n' : ' ');
        }
        return text(text.substring(0, length));
    }

    private final class Held implements RepositoryLock {
        @Override
        public Kind kind() {
            return Kind.SHARED;
        }

        @Override
        public void ensureHeld() {
            ensureHeld.run();
        }

        @Override
        public void close() {}
    }
}
