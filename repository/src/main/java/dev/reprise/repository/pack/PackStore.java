package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.cache.CachingStorage;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.MergedIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.storage.Storage;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The packs of one repository: makes writers, readers and checks. Safe for many threads.
public final class PackStore {
    private final Storage storage;
    private final KeySet keys;
    private final int version;
    private final SecureRandom random;
    private final UnpackedObjects objects;
    private final SpareBuffers spare = new SpareBuffers();

    /// @param keys    stays the caller's, who wipes it when nothing made here is used any more
    /// @param version of the repository, 1 or 2
    /// @param objects takes the index files
    public PackStore(Storage storage, KeySet keys, int version, SecureRandom random, UnpackedObjects objects) {
        this.storage = storage;
        this.keys = keys;
        this.version = version;
        this.random = random;
        this.objects = objects;
    }

    /// @param index must come from [dev.reprise.repository.index.IndexFiles#load] or
    ///              [MergedIndex#empty]; it learns what the writer stores
    /// @param lock  checked before each pack and index file is stored
    public BlobWriter writer(BlobIndex index, RepositoryLock lock, WriterOptions options, InstantSource clock) {
        return writer(index, Set.of(), lock, options, clock);
    }

    /// As above, storing again what only packs of `leaving` hold.
    ///
    /// @param leaving packs about to be removed
    public BlobWriter writer(
            BlobIndex index, Set<ObjectId> leaving, RepositoryLock lock, WriterOptions options, InstantSource clock) {
        if (!(index instanceof MergedIndex merged)) {
            throw new IllegalArgumentException("not an index loaded from a repository: " + index.getClass());
        }
        return new PackingWriter(this, merged, leaving, lock, options, clock);
    }

    public PackHeaders headers() {
        return new PackHeaders(storage, version, sealer());
    }

    public BlobReader reader(BlobIndex index) {
        return reader(index, null);
    }

    /// @param near copies to read trees from; null for none
    public BlobReader reader(BlobIndex index, @Nullable CachingStorage near) {
        return new PackReader(storage, near, index, new BlobOpener(sealer(), spare), spare);
    }

    public PackCheck check() {
        Sealer sealer = sealer();
        return new PackVerifier(storage, version, sealer, new BlobOpener(sealer, spare), spare);
    }

    Storage storage() {
        return storage;
    }

    UnpackedObjects objects() {
        return objects;
    }

    int version() {
        return version;
    }

    Sealer sealer() {
        return new Sealer(keys, random);
    }

    /// Chance for spreading blobs over packs: fast, and seeded from the secure source.
    RandomGenerator coin() {
        return new SplittableRandom(random.nextLong());
    }
}
