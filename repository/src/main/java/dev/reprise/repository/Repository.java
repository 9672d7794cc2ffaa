package dev.reprise.repository;

import dev.reprise.base.ObjectId;
import dev.reprise.base.Secret;
import dev.reprise.repository.cache.CacheFolders;
import dev.reprise.repository.cache.CachingStorage;
import dev.reprise.repository.chunk.Chunker;
import dev.reprise.repository.chunk.Polynomial;
import dev.reprise.repository.crypto.ForgedException;
import dev.reprise.repository.crypto.KeySet;
import dev.reprise.repository.crypto.ScryptParameters;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.IndexCache;
import dev.reprise.repository.index.IndexDocuments;
import dev.reprise.repository.index.IndexFiles;
import dev.reprise.repository.index.IndexScan;
import dev.reprise.repository.index.PackSink;
import dev.reprise.repository.key.KeyFiles;
import dev.reprise.repository.key.KeyFiles.OpenedKey;
import dev.reprise.repository.key.Keyring;
import dev.reprise.repository.lock.Locks;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.model.UnpackedObjects;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.pack.PackCheck;
import dev.reprise.repository.pack.PackHeaders;
import dev.reprise.repository.pack.PackStore;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.SnapshotCache;
import dev.reprise.repository.snapshot.SnapshotCodec;
import dev.reprise.repository.snapshot.Snapshots;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.unpacked.SealedDocuments;
import dev.reprise.storage.ObjectKey;
import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage;
import dev.reprise.storage.StorageException;
import dev.reprise.storage.immutability.AppendOnly;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An opened repository: the master key is known. Safe for many threads.
///
/// Readers list snapshots before they load the index, so that every snapshot they see can be
/// resolved.
public final class Repository implements AutoCloseable {
    /// Real configurations are under 1 KiB.
    private static final int MAX_CONFIG_BYTES = 1 << 20;

    /// @param version    format version of a new repository, 1 or 2
    /// @param polynomial null draws one at random
    /// @param costs      of deriving the first key from the password
    public record InitOptions(int version, @Nullable Polynomial polynomial, ScryptParameters costs) {
        public static final InitOptions DEFAULT = new InitOptions(2, null);

        public InitOptions(int version, @Nullable Polynomial polynomial) {
            this(version, polynomial, ScryptParameters.DEFAULT);
        }
    }

    private final Storage storage;
    private final ObjectId key;
    private final KeySet keys;
    private final RepositoryConfig config;
    private final SecureRandom random;
    private final InstantSource clock;
    private final Chunker chunker;
    private final SealedDocuments documents;
    private final PackStore packs;
    /// Freed when this is closed.
    private final ConcurrentLinkedQueue<BlobIndex> indexes = new ConcurrentLinkedQueue<>();
    private final EarlyMetadata early;
    /// Index files of the newest index that was asked for.
    private volatile Set<ObjectId> loaded = Set.of();
    private volatile Consumer<String> remarks = _ -> {};
    /// Null: no index is kept anywhere.
    private volatile @Nullable CacheFolders caches;
    /// Null: documents of snapshots are kept nowhere.
    private volatile @Nullable CacheFolders snapshotCaches;
    /// Null: nothing is read through copies.
    private volatile @Nullable Near near;

    private Repository(
            Storage storage,
            ObjectId key,
            KeySet keys,
            RepositoryConfig config,
            SecureRandom random,
            InstantSource clock) {
        this.storage = storage;
        this.key = key;
        this.keys = keys;
        this.config = config;
        this.random = random;
        this.clock = clock;
        this.chunker = new Chunker(config.polynomial());
        this.documents = new SealedDocuments(storage, keys, config.version(), random);
        this.packs = new PackStore(storage, keys, config.version(), random, documents);
        this.early = new EarlyMetadata(storage, new Reading());
    }

    /// Creates layout, key and configuration, in that order; refuses a place that already holds any
    /// of them. Once opened, the repository closes the storage.
    public static Repository init(
            Storage storage, Secret password, InitOptions options, SecureRandom random, InstantSource clock) {
        storage.create(); // harmless where it exists; without it a place that is not there cannot be listed
        refuseUsedPlace(storage);
        Polynomial polynomial = options.polynomial() == null ? Polynomial.random(random) : options.polynomial();
        RepositoryConfig config = RepositoryConfig.draw(options.version(), polynomial, random);
        byte[] master = new byte[KeySet.BYTES];
        random.nextBytes(master);
        try (KeySet keys = KeySet.of(master)) {
            GoTime now = GoTime.at(clock.instant(), ZoneId.systemDefault());
            ObjectId id = new KeyFiles(storage, random)
                    .create(keys, password, options.costs(), now, ProcessIdentity.current());
            storage.write(ObjectKey.CONFIG, new Sealer(keys, random).seal(config.json()));
            return opened(storage, id, KeySet.of(master), random, clock);
        } finally {
            Arrays.fill(master, (byte) 0);
        }
    }

    private static void refuseUsedPlace(Storage storage) {
        boolean used = storage.size(ObjectKey.CONFIG) >= 0;
        for (ObjectType type : List.of(ObjectType.KEY, ObjectType.SNAPSHOT)) {
            used |= holdsAny(storage, type);
        }
        if (used) {
            throw RepositoryException.refused(
                    "there already is a repository, or a part of one, at " + storage.location(),
                    "choose an empty place");
        }
    }

    /// A place that does not exist yet holds nothing; any other failure to list it is one.
    private static boolean holdsAny(Storage storage, ObjectType type) {
        var any = new AtomicBoolean();
        try {
            storage.list(type, object -> any.set(true));
        } catch (StorageException e) {
            if (e.kind() != StorageException.Kind.NOT_FOUND) {
                throw e;
            }
        }
        return any.get();
    }

    /// Once opened, the repository closes the storage.
    ///
    /// @throws dev.reprise.repository.model.RepositoryException absent, wrong password, or a
    /// damaged key or configuration, named
    public static Repository open(Storage storage, Secret password, SecureRandom random, InstantSource clock) {
        return open(storage, password, "", random, clock);
    }

    /// As above, trying the keys whose id starts with `hint` first.
    public static Repository open(
            Storage storage, Secret password, String hint, SecureRandom random, InstantSource clock) {
        requirePresent(storage);
        OpenedKey key = new KeyFiles(storage, random).open(password, hint);
        return opened(storage, key.id(), key.master(), random, clock);
    }

    /// For those who want to know before they look for a password.
    ///
    /// @throws dev.reprise.repository.model.RepositoryException absent
    public static void requirePresent(Storage storage) {
        if (storage.size(ObjectKey.CONFIG) < 0) {
            throw holdsAny(storage, ObjectType.KEY)
                    ? RepositoryException.configMissing(storage.location())
                    : RepositoryException.absent(storage.location());
        }
    }

    /// @param keys wiped here if the configuration does not open
    private static Repository opened(
            Storage storage, ObjectId key, KeySet keys, SecureRandom random, InstantSource clock) {
        boolean done = false;
        try {
            RepositoryConfig config = readConfig(storage, keys, random);
            Repository repository = new Repository(storage, key, keys, config, random, clock);
            done = true;
            return repository;
        } finally {
            if (!done) {
                keys.close();
            }
        }
    }

    private static RepositoryConfig readConfig(Storage storage, KeySet keys, SecureRandom random) {
        byte[] sealed = storage.read(ObjectKey.CONFIG, 0, -1, body -> body.readNBytes(MAX_CONFIG_BYTES));
        try {
            return RepositoryConfig.parse(new Sealer(keys, random).open(sealed));
        } catch (ForgedException | IllegalArgumentException e) {
            throw RepositoryException.unopenable("config", String.valueOf(e.getMessage()), e);
        }
    }

    public Storage storage() {
        return storage;
    }

    /// The key file the password opened.
    public ObjectId key() {
        return key;
    }

    /// The master key as the sealed part of a key file holds it: a secret, for the one verb that
    /// prints it.
    public byte[] masterKey() {
        return KeyFiles.masterJson(keys);
    }

    public RepositoryConfig config() {
        return config;
    }

    public Chunker chunker() {
        return chunker;
    }

    /// Takes restic's lock (section 9).
    ///
    /// @param patience how long to try again while others hold a conflicting lock; zero tries once
    /// @throws dev.reprise.repository.model.RepositoryException locked, exit status 11
    public RepositoryLock lock(RepositoryLock.Kind kind, Duration patience) {
        return locks().acquire(kind, patience);
    }

    /// As above, for those who will call [#snapshots] next: they are read while the lock becomes
    /// visible to others, which takes a fifth of a second anyway, and used only if none came or went
    /// since.
    public RepositoryLock lockToReadSnapshots(RepositoryLock.Kind kind, Duration patience) {
        return locks().acquire(kind, patience, _ -> early.readSnapshots());
    }

    /// As above, for those who will call [#snapshots] and [#loadIndex]. The index too is used only if
    /// no index file came or went since.
    public RepositoryLock lockToLoadIndex(RepositoryLock.Kind kind, Duration patience) {
        return lockToLoadIndex(kind, patience, (_, _) -> {});
    }

    /// As above, and goes on reading.
    ///
    /// @param further used if both could be read, once for each attempt to lock
    public RepositoryLock lockToLoadIndex(RepositoryLock.Kind kind, Duration patience, EarlyReading further) {
        return locks().acquire(kind, patience, _ -> {
            List<StoredSnapshot> snapshots = early.readSnapshots(); // before the index, as always
            BlobIndex index = early.readIndex(caches);
            if (snapshots != null && index != null) {
                further.with(snapshots, index);
            }
        });
    }

    /// What else is read before the lock is held.
    @FunctionalInterface
    public interface EarlyReading {
        /// Must not throw, unless the thread was interrupted. What it learns must be true whoever
        /// changes the repository meanwhile, as is what lies under the hash of its content.
        ///
        /// @param snapshots oldest first
        /// @param index     not to be kept
        void with(List<StoredSnapshot> snapshots, BlobIndex index);
    }

    /// As [#lock], trying once, but the lock is not held before its first
    /// [RepositoryLock#ensureHeld] returns (decision record 21). What is read until then, the index
    /// above all, counts only afterwards: should an index file that was read be gone by then, the
    /// lock is refused.
    ///
    /// @throws dev.reprise.repository.model.RepositoryException locked, exit status 11
    public RepositoryLock announceLock(RepositoryLock.Kind kind) {
        return locks().announce(kind, this::requireLoadedIndex);
    }

    private void requireLoadedIndex() {
        Set<ObjectId> relied = loaded;
        if (!relied.isEmpty() && !IndexFiles.list(storage).keySet().containsAll(relied)) {
            throw RepositoryException.overtaken(storage.location());
        }
    }

    /// As above, for those who will call [#readIndex].
    public RepositoryLock lockToReadIndex(RepositoryLock.Kind kind, Duration patience) {
        return lockToReadIndex(kind, patience, EarlyUse.NONE);
    }

    /// As above, and uses what is left of that time.
    ///
    /// @param further used if the index could be read, once for each attempt to lock
    public RepositoryLock lockToReadIndex(RepositoryLock.Kind kind, Duration patience, EarlyUse further) {
        return locks().acquire(kind, patience, timeLeft -> {
            BlobIndex index = early.readIndex(null);
            if (index != null) {
                further.with(this, index, timeLeft);
            }
        });
    }

    /// What is done with an index before the lock is held.
    @FunctionalInterface
    public interface EarlyUse {
        /// May read, and must not throw. What it learns must be true whoever changes the repository
        /// meanwhile.
        ///
        /// @param index    not to be kept
        /// @param timeLeft whether the lock would not be held yet anyway; for any thread
        void with(Repository repository, BlobIndex index, BooleanSupplier timeLeft);

        EarlyUse NONE = (_, _, _) -> {};
    }

    /// For `unlock`.
    public Locks locks() {
        return new Locks(storage, documents, ProcessIdentity.current(), clock, fact -> remarks.accept(fact));
    }

    /// What people should know although nothing has failed, such as locks that may not be removed.
    ///
    /// @param listener called on any thread
    public void tellRemarks(Consumer<String> listener) {
        remarks = listener;
    }

    /// Every snapshot that can be decoded, oldest first. One that cannot is given to `damaged` with
    /// the reason.
    public List<StoredSnapshot> snapshots(BiConsumer<ObjectId, RuntimeException> damaged) {
        List<StoredSnapshot> known = early.takeSnapshots();
        return known == null ? readSnapshots(damaged) : known;
    }

    private List<StoredSnapshot> readSnapshots(BiConsumer<ObjectId, RuntimeException> damaged) {
        CacheFolders folders = snapshotCaches;
        if (folders == null) {
            return nearSnapshots().load(damaged);
        }
        var cache = new SnapshotCache(folders, () -> keys.derived("reprise snapshot cache"), config.id(), random);
        return nearSnapshots().load(cache, damaged);
    }

    public Snapshot snapshot(ObjectId id) {
        return nearSnapshots().load(id);
    }

    private Snapshots nearSnapshots() {
        Near copies = near;
        return copies == null
                ? new Snapshots(storage, documents)
                : new Snapshots(copies.storage(), copies.documents(), documents);
    }

    /// Writes a snapshot; durable on return.
    public ObjectId save(Snapshot snapshot) {
        return documents.save(ObjectType.SNAPSHOT, SnapshotCodec.encode(snapshot));
    }

    /// From now on [#loadIndex] keeps what it read in these folders, sealed, and reads there what
    /// it can.
    public void keepIndexIn(CacheFolders folders) {
        caches = folders;
    }

    /// From now on [#snapshots] keeps the documents it read in these folders, sealed, and reads there
    /// what it can; which snapshots there are is asked of the place alone. See [SnapshotCache].
    public void keepSnapshotsIn(CacheFolders folders) {
        snapshotCaches = folders;
    }

    /// From now on snapshots, index files and packs of trees are kept whole in these folders, as
    /// they are, and read there when they are needed again; see [CachingStorage]. For places behind
    /// a network. Where the folder cannot be used nothing is kept. Not while others use this
    /// repository.
    public void keepMetadataIn(CacheFolders folders) {
        closeCopies();
        Path folder = folders.folder(config.id());
        CachingStorage copies =
                folder == null ? null : CachingStorage.in(folders, folder, storage, clock, CachingStorage.QUOTA);
        if (copies != null) {
            near = new Near(copies, new SealedDocuments(copies, keys, config.version(), random));
        }
    }

    /// Ends [#keepMetadataIn] and [#keepSnapshotsIn]: for those who examine what the place itself
    /// holds. Not while others use this repository.
    public void readPastCopies() {
        early.forgetSnapshots();
        snapshotCaches = null;
        closeCopies();
    }

    private void closeCopies() {
        Near copies = near;
        near = null;
        if (copies != null) {
            copies.documents().close();
            copies.storage().close();
        }
    }

    /// Copies on this machine, and documents read from them.
    private record Near(CachingStorage storage, SealedDocuments documents) {}

    /// The union of all index files. One that cannot be decoded is given to `damaged`; what the
    /// others say is returned. Those that a cache holds are not read, only seen to be there.
    ///
    /// @return lives until it or this repository is closed
    public BlobIndex loadIndex(BiConsumer<ObjectId, RuntimeException> damaged) {
        return index(caches, damaged);
    }

    /// As above, but reads every index file itself: for those who examine them.
    public BlobIndex readIndex(BiConsumer<ObjectId, RuntimeException> damaged) {
        return index(null, damaged);
    }

    /// As above, but gives what the files say to `sink`, pack by pack, instead of holding it.
    public void readIndex(PackSink sink, BiConsumer<ObjectId, RuntimeException> damaged) {
        IndexFiles.read(documents, storage, config.version(), sink, damaged);
    }

    private BlobIndex index(@Nullable CacheFolders folders, BiConsumer<ObjectId, RuntimeException> damaged) {
        SortedMap<ObjectId, Long> files = IndexFiles.list(storage);
        loaded = files.keySet();
        BlobIndex known = early.takeIndex(files, folders);
        return known == null ? read(files, folders, damaged) : known;
    }

    private BlobIndex read(
            SortedMap<ObjectId, Long> files,
            @Nullable CacheFolders folders,
            BiConsumer<ObjectId, RuntimeException> damaged) {
        if (folders == null) {
            return owned(IndexFiles.load(documents, storage, files, config.version(), damaged));
        }
        try (KeySet cacheKeys = keys.derived("reprise index cache")) {
            var cache = new IndexCache(folders, cacheKeys, config.id(), random);
            Near copies = near;
            SealedDocuments source = copies == null ? documents : copies.documents();
            return owned(IndexFiles.load(source, storage, files, config.version(), cache, damaged));
        }
    }

    /// For [EarlyMetadata].
    private final class Reading implements EarlyMetadata.Reading {
        @Override
        public List<StoredSnapshot> snapshots(BiConsumer<ObjectId, RuntimeException> damaged) {
            return readSnapshots(damaged);
        }

        @Override
        public BlobIndex index(
                SortedMap<ObjectId, Long> files,
                @Nullable CacheFolders folders,
                BiConsumer<ObjectId, RuntimeException> damaged) {
            return read(files, folders, damaged);
        }

        @Override
        public void drop(BlobIndex index) {
            indexes.remove(index);
            index.close();
        }
    }

    /// Indexes that take memory until this is closed, those their users have closed included.
    int ownedIndexes() {
        return indexes.size();
    }

    private BlobIndex owned(BlobIndex index) {
        indexes.add(index);
        return index;
    }

    /// Index files one by one, for maintenance.
    public IndexDocuments indexDocuments() {
        return new IndexDocuments(documents, storage, config.version());
    }

    /// @param index must come from [#loadIndex]; it learns what the writer stores
    /// @param lock  checked before each pack is stored
    public BlobWriter writer(BlobIndex index, RepositoryLock lock, WriterOptions options) {
        return packs.writer(index, lock, options, clock);
    }

    /// As above, storing again what only packs of `leaving` hold, for those who are about to remove
    /// them.
    public BlobWriter writer(BlobIndex index, Set<ObjectId> leaving, RepositoryLock lock, WriterOptions options) {
        return packs.writer(index, leaving, lock, options, clock);
    }

    /// How many threads should read here where `workers` would be right if nothing had to be waited for: more on a
    /// place that serves more at a time, since each of them mostly waits for an answer.
    public int readers(int workers) {
        return Math.max(workers, storage.connections());
    }

    public BlobReader reader(BlobIndex index) {
        Near copies = near;
        return packs.reader(index, copies == null ? null : copies.storage());
    }

    public PackCheck packCheck() {
        return packs.check();
    }

    /// What packs say of themselves.
    public PackHeaders packHeaders() {
        return packs.headers();
    }

    /// Index files one by one, for those who change them.
    public IndexScan indexScan() {
        return new IndexScan(documents, storage, config.version());
    }

    /// For adding and removing passwords.
    public Keyring keyring() {
        return new Keyring(storage, keys, key, random);
    }

    /// Replaces the configuration by one of format version 2, with all its other members; what is
    /// stored stays as it is. The caller holds the exclusive lock, and opens the repository anew
    /// afterwards.
    public void upgradeConfig() {
        if (config.version() != 1) {
            throw RepositoryException.refused(
                    "repository has version %d, only upgrades from version 1 are supported".formatted(config.version()),
                    "nothing needs to be done");
        }
        byte[] sealed = new Sealer(keys, random).seal(config.withVersion(2).json());
        if (storage.capability(AppendOnly.class) == null) {
            storage.write(ObjectKey.CONFIG, sealed);
        } else {
            replaceConfig(sealed);
        }
    }

    /// Servers of restic's protocol overwrite nothing, so the old one has to go first. One that only adds refuses that,
    /// and nothing has happened.
    private void replaceConfig(byte[] sealed) {
        byte[] old = storage.readAll(ObjectKey.CONFIG);
        storage.delete(ObjectKey.CONFIG);
        boolean done = false;
        try {
            storage.write(ObjectKey.CONFIG, sealed);
            done = true;
        } finally {
            if (!done) {
                storage.write(ObjectKey.CONFIG, old);
            }
        }
    }

    /// Sealed JSON documents: for the manifests of recovery points (`POINT`), and for tools that
    /// look inside.
    public UnpackedObjects unpacked() {
        return documents;
    }

    /// Wipes the keys, frees every index loaded here and closes the storage.
    @Override
    public void close() {
        indexes.forEach(BlobIndex::close);
        closeCopies();
        documents.close();
        keys.close();
        storage.close();
    }
}
