package dev.reprise.repository.pack;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.index.IndexWriter;
import dev.reprise.repository.index.MergedIndex;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.WriterOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Fills packs from many threads and stores them with their index.
///
/// A caller's thread does everything for its blob up to the bytes in an open pack. Giving a full pack its name and
/// making it durable is waiting, so it happens on virtual threads, at most as many as the storage serves well; a
/// caller that fills one more pack waits for one of them. Packs are counted as stored only after that, and only
/// then named by an index file.
///
/// A blob is claimed before it is sealed: of two threads with the same chunk one stores it, the other returns at
/// once. That is sound because [#finish()] waits for both, and because the first failure anywhere ends the run:
/// from then on every call throws it.
final class PackingWriter implements BlobWriter {
    /// An index file is written when it names this many blobs …
    private static final int INDEX_BLOBS = 50_000;
    /// … or when its first pack is this old, so that an interrupted first backup can go on from there.
    private static final Duration INDEX_AGE = Duration.ofMinutes(10);

    private final PackStore store;
    private final MergedIndex index;
    private final IndexWriter indexWriter;
    private final HeapBound heap = new HeapBound();
    /// Packs whose blobs do not count as stored, because the packs are about to be removed.
    private final Set<ObjectId> leaving;

    private final RepositoryLock repositoryLock;
    private final WriterOptions options;
    private final InstantSource clock;

    private final Map<BlobType, OpenPacks> openPacks = new EnumMap<>(BlobType.class);
    /// Blobs on their way: claimed, but their pack is not stored yet.
    private final Set<BlobHandle> pending = ConcurrentHashMap.newKeySet();
    /// Shared by saving threads; held alone by [#finish()], so that nothing is half saved then.
    private final ReadWriteLock saving = new ReentrantReadWriteLock();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private volatile boolean closed;

    private final int uploads;
    private final Semaphore uploadPermits;
    private final Set<Thread> uploading = ConcurrentHashMap.newKeySet();

    private final Object unsavedLock = new Object();
    /// Numbers of stored packs that no index file names yet.
    private List<Integer> unsavedPacks = new ArrayList<>();

    private int unsavedBlobs;
    private Instant unsavedSince = Instant.MAX;

    private final Set<ObjectId> indexFiles = ConcurrentHashMap.newKeySet();

    private final Map<BlobType, LongAdder> blobs = new EnumMap<>(BlobType.class);
    private final LongAdder plainBytes = new LongAdder();
    private final LongAdder storedBytes = new LongAdder();
    private final LongAdder packs = new LongAdder();

    PackingWriter(
            PackStore store,
            MergedIndex index,
            Set<ObjectId> leaving,
            RepositoryLock repositoryLock,
            WriterOptions options,
            InstantSource clock) {
        this.store = store;
        this.index = index;
        this.indexWriter = new IndexWriter(store.objects(), index);
        this.leaving = Set.copyOf(leaving);
        this.repositoryLock = repositoryLock;
        this.options = options;
        this.clock = clock;
        this.uploads = store.storage().connections();
        this.uploadPermits = new Semaphore(uploads);
        for (BlobType type : BlobType.values()) {
            openPacks.put(
                    type,
                    new OpenPacks(type, store.storage(), options.packSize().bytes()));
            blobs.put(type, new LongAdder());
        }
    }

    @Override
    public Session session() {
        return openSession();
    }

    WriterSession openSession() {
        return new WriterSession(this, store.sealer(), store.coin(), store.version(), options.compression());
    }

    /// Runs one save of a session: not while the run is being finished, and not after it failed.
    <T> T saving(Supplier<T> save) {
        saving.readLock().lock();
        try {
            ensureUsable();
            return save.get();
        } catch (RuntimeException | Error e) {
            throw fail(e);
        } finally {
            leave();
        }
    }

    /// Begins the save of one blob, as [#saving] does; [#leave()] ends it. In between the run is not finished.
    ///
    /// @throws RuntimeException if the run has failed; then nothing was begun
    void enter() {
        saving.readLock().lock();
        try {
            ensureUsable();
        } catch (RuntimeException | Error e) {
            leave();
            throw e;
        }
    }

    void leave() {
        saving.readLock().unlock();
    }

    /// @return true if the caller has to store this blob; false if it is stored or on its way
    boolean claim(BlobHandle handle) {
        if (isStored(handle) || !pending.add(handle)) {
            return false;
        }
        // It may have arrived in the index, and left `pending`, between the two questions.
        if (isStored(handle)) {
            pending.remove(handle);
            return false;
        }
        return true;
    }

    private boolean isStored(BlobHandle handle) {
        return leaving.isEmpty()
                ? index.contains(handle)
                : index.find(handle).stream().anyMatch(copy -> !leaving.contains(copy.pack()));
    }

    void append(BlobType type, SealedBlob blob, int plainLength, boolean coin, Sealer sealer) {
        OpenPack full = openPacks(type).append(blob, coin);
        count(type).increment();
        plainBytes.add(plainLength);
        storedBytes.add(blob.length());
        if (full != null) {
            complete(full, sealer);
        }
    }

    /// Appends the header and hands the pack to an upload thread, waiting for one to be free.
    private void complete(OpenPack pack, Sealer sealer) {
        try {
            ObjectId name = pack.seal(sealer);
            uploadPermits.acquire();
            Thread thread = Thread.ofVirtual().name("pack-" + name.shortHex()).unstarted(() -> upload(pack, name));
            uploading.add(thread);
            thread.start();
        } catch (InterruptedException _) {
            pack.close();
            throw CancelledException.interrupted("waiting to store a pack");
        } catch (RuntimeException | Error e) {
            pack.close();
            throw e;
        }
    }

    private void upload(OpenPack pack, ObjectId name) {
        try (pack) {
            ensureUsable();
            repositoryLock.ensureHeld();
            pack.commit(name);
            learn(name, pack.entries());
            packs.increment();
        } catch (RuntimeException | Error e) {
            var _ = fail(e);
        } finally {
            uploading.remove(Thread.currentThread());
            uploadPermits.release();
        }
    }

    private void learn(ObjectId name, PackEntries entries) {
        int number = index.add(name, entries);
        for (int i = 0; i < entries.size(); i++) {
            pending.remove(new BlobHandle(entries.type(i), entries.id(i)));
        }
        List<Integer> due;
        synchronized (unsavedLock) {
            if (unsavedPacks.isEmpty()) {
                unsavedSince = clock.instant();
            }
            unsavedPacks.add(number);
            unsavedBlobs += entries.size();
            boolean old = Duration.between(unsavedSince, clock.instant()).compareTo(INDEX_AGE) >= 0;
            due = unsavedBlobs >= INDEX_BLOBS || old ? takeUnsaved() : List.of();
        }
        saveIndex(due);
    }

    private List<Integer> takeUnsaved() {
        List<Integer> taken = unsavedPacks;
        unsavedPacks = new ArrayList<>();
        unsavedBlobs = 0;
        return taken;
    }

    private void saveIndex(List<Integer> numbers) {
        if (!numbers.isEmpty()) {
            repositoryLock.ensureHeld();
            indexFiles.add(indexWriter.save(numbers));
            heap.hold();
        }
    }

    @Override
    public void finish() {
        saving.writeLock().lock();
        try {
            ensureUsable();
            Sealer sealer = store.sealer();
            for (OpenPacks ofType : openPacks.values()) {
                List<OpenPack> rest = ofType.takeAll();
                for (int i = 0; i < rest.size(); i++) {
                    completeOrDrop(rest, i, sealer);
                }
            }
            awaitUploads();
            ensureUsable();
            List<Integer> rest;
            synchronized (unsavedLock) {
                rest = takeUnsaved();
            }
            saveIndex(rest);
        } catch (RuntimeException | Error e) {
            throw fail(e);
        } finally {
            saving.writeLock().unlock();
        }
    }

    /// When one cannot be completed, those behind it are dropped: nobody else knows them any more.
    private void completeOrDrop(List<OpenPack> rest, int i, Sealer sealer) {
        try {
            complete(rest.get(i), sealer);
        } catch (RuntimeException | Error e) {
            rest.subList(i + 1, rest.size()).forEach(OpenPack::close);
            throw e;
        }
    }

    private void awaitUploads() {
        try {
            uploadPermits.acquire(uploads);
            uploadPermits.release(uploads);
        } catch (InterruptedException _) {
            throw CancelledException.interrupted("waiting for packs to be stored");
        }
    }

    private void ensureUsable() {
        Throwable reason = failure.get();
        if (reason != null) {
            throw unchecked(reason);
        }
        if (closed) {
            throw new IllegalStateException("the writer is closed");
        }
    }

    /// Ends the run.
    ///
    /// @return the failure that ended it first, to be thrown
    RuntimeException fail(Throwable reason) {
        if (!closed) {
            failure.compareAndSet(null, reason);
        }
        Throwable first = failure.get();
        return unchecked(first == null ? reason : first);
    }

    private static RuntimeException unchecked(Throwable reason) {
        return switch (reason) {
            case RuntimeException known -> known;
            case Error error -> throw error;
            default -> new IllegalStateException(reason);
        };
    }

    private OpenPacks openPacks(BlobType type) {
        return Objects.requireNonNull(openPacks.get(type));
    }

    private LongAdder count(BlobType type) {
        return Objects.requireNonNull(blobs.get(type));
    }

    @Override
    public Stats stats() {
        return new Stats(
                count(BlobType.DATA).sum(),
                count(BlobType.TREE).sum(),
                plainBytes.sum(),
                storedBytes.sum(),
                packs.sum());
    }

    @Override
    public Set<ObjectId> indexFiles() {
        return Set.copyOf(indexFiles);
    }

    /// Uploads still running are interrupted, and have ended when this returns.
    @Override
    public void close() {
        closed = true;
        uploading.forEach(Thread::interrupt);
        for (OpenPacks ofType : openPacks.values()) {
            ofType.takeAll().forEach(OpenPack::close);
        }
        uploadPermits.acquireUninterruptibly(uploads);
        uploadPermits.release(uploads);
    }
}
