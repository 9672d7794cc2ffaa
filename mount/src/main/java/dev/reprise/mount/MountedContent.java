package dev.reprise.mount;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// Blobs and trees of a mounted repository, through caches of bounded size, by an index that can be loaded anew.
/// Safe for many threads.
final class MountedContent implements AutoCloseable {
    /// What restic's mount keeps.
    private static final long BLOB_BYTES = 64L << 20;
    /// Objects made of trees.
    private static final long TREE_BYTES = 48L << 20;

    private static final int AHEAD_THREADS = 2;
    private static final int AHEAD_WAITING = 4;

    private final Repository repository;
    private final BiConsumer<ObjectId, RuntimeException> damagedIndex;
    private final Consumer<String> problems;
    private final BoundedCache<ObjectId, byte[]> blobs;
    private final BoundedCache<ObjectId, Folder> trees;
    /// Readers hold it shared, so that no index is freed under them.
    private final ReadWriteLock use = new ReentrantReadWriteLock();

    private final ConcurrentLinkedDeque<BlobReader> readers = new ConcurrentLinkedDeque<>();
    private final ThreadPoolExecutor ahead;
    private BlobIndex index;

    /// @param damagedIndex told of index files that cannot be read
    /// @param problems     told in words of entries that cannot be shown
    MountedContent(
            Repository repository, BiConsumer<ObjectId, RuntimeException> damagedIndex, Consumer<String> problems) {
        this.repository = repository;
        this.damagedIndex = damagedIndex;
        this.problems = problems;
        index = repository.loadIndex(damagedIndex);
        blobs = new BoundedCache<>(BLOB_BYTES, blob -> blob.length, id -> load(BlobHandle.data(id)));
        trees = new BoundedCache<>(TREE_BYTES, Folder::weight, this::loadTree);
        ahead = new ThreadPoolExecutor(
                AHEAD_THREADS,
                AHEAD_THREADS,
                1,
                TimeUnit.MINUTES,
                new ArrayBlockingQueue<>(AHEAD_WAITING),
                Thread.ofPlatform().daemon().name("mount ahead ", 0).factory(),
                new ThreadPoolExecutor.DiscardPolicy());
    }

    /// Learns what was stored since.
    void reload() {
        BlobIndex fresh = repository.loadIndex(damagedIndex);
        use.writeLock().lock();
        try {
            closeReaders();
            index.close();
            index = fresh;
        } finally {
            use.writeLock().unlock();
        }
    }

    /// Entries that have a place in a file system, by name.
    ///
    /// @throws RepositoryException naming the tree if it is missing or damaged
    Folder folder(ObjectId tree) {
        return trees.get(tree);
    }

    /// Content of one blob of a file. The caller does not change it.
    ///
    /// @throws RepositoryException naming the blob if it is missing or damaged
    byte[] blob(ObjectId id) {
        return blobs.get(id);
    }

    /// Soon wanted: loads it if there is time.
    void blobAhead(ObjectId id) {
        if (!blobs.holds(id)) {
            ahead.execute(() -> {
                try {
                    blobs.get(id);
                } catch (RuntimeException _) {
                    // Whoever reads it is told.
                }
            });
        }
    }

    /// Where each blob ends in a file made of them, in bytes.
    ///
    /// @throws RepositoryException naming the first that no index knows
    long[] ends(List<ObjectId> content) {
        use.readLock().lock();
        try {
            long[] ends = new long[content.size()];
            long end = 0;
            for (int i = 0; i < ends.length; i++) {
                int length = index.plainLength(BlobHandle.data(content.get(i)));
                if (length < 0) {
                    throw RepositoryException.missing(
                            BlobHandle.data(content.get(i)).toString(), "this file: no index names it");
                }
                end += length;
                ends[i] = end;
            }
            return ends;
        } finally {
            use.readLock().unlock();
        }
    }

    /// Tells of what goes wrong without anybody being in the way.
    void problem(String fact) {
        problems.accept(fact);
    }

    private Folder loadTree(ObjectId id) {
        byte[] json = load(BlobHandle.tree(id));
        List<Node> nodes;
        try {
            nodes = TreeCodec.decode(json);
        } catch (TreeFormatException e) {
            throw RepositoryException.damaged("tree " + id.hex(), String.valueOf(e.getMessage()), e);
        }
        return Folder.of(
                nodes,
                (name, why) -> problems.accept(
                        "an entry of tree %s cannot be shown: %s: \"%s\"".formatted(id.hex(), why, shortened(name))));
    }

    private static String shortened(RawName name) {
        String text = name.toString().replaceAll("\\p{Cntrl}", "?");
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }

    private byte[] load(BlobHandle handle) {
        use.readLock().lock();
        try {
            BlobReader kept = readers.pollFirst();
            BlobReader reader = kept == null ? repository.reader(index) : kept;
            try {
                return reader.read(handle);
            } finally {
                readers.addFirst(reader);
            }
        } finally {
            use.readLock().unlock();
        }
    }

    private void closeReaders() {
        for (BlobReader reader = readers.pollFirst(); reader != null; reader = readers.pollFirst()) {
            reader.close();
        }
    }

    @Override
    public void close() {
        ahead.shutdownNow();
        use.writeLock().lock();
        try {
            closeReaders();
            index.close();
        } finally {
            use.writeLock().unlock();
        }
    }
}
