package dev.reprise.operations.immutability;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.sorting.ByteLog;
import dev.reprise.operations.sorting.IdTable;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.storage.StorageException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The packs that snapshots need, and which of them each tree needs. Every tree is read once.
/// About 100 bytes stay in memory for each tree and each pack; which tree needs what goes to a
/// temporary file beyond [#LOG_BYTES]. Belongs to one thread, which is joined by others while
/// trees are loaded.
final class NeededPacks implements AutoCloseable {
    /// The end of what is not kept.
    static final long NOT_KEPT = 0;

    private static final long LOG_BYTES = 64L << 20;
    private static final int BATCH_TREES = 16 * 1024;
    private static final int MOST_DAMAGES = 100;

    private final BlobIndex index;
    private final TreeLoader loader;
    private final IdTable packs = IdTable.inMemory();
    private final IdTable trees = IdTable.inMemory();
    /// For each tree that was read: how many bytes follow, how many packs, their numbers, numbers
    /// of trees below.
    private final ByteLog needs;
    private long[] places = new long[1024];
    private final BitSet whole = new BitSet();
    private final List<String> damages = new ArrayList<>();
    private final AtomicReference<@Nullable StorageException> unanswered = new AtomicReference<>();

    /// @param temporary folder for what does not fit into memory
    NeededPacks(BlobIndex index, TreeLoader loader, Path temporary) {
        this.index = index;
        this.loader = loader;
        this.needs = new ByteLog(LOG_BYTES, temporary);
    }

    /// Adds what these trees and all below them need.
    ///
    /// @throws StorageException if the place did not answer: then nothing may be concluded
    void add(Collection<ObjectId> roots) {
        int next = trees.size();
        roots.forEach(trees::add);
        while (next < trees.size()) {
            int end = Math.min(trees.size(), next + BATCH_TREES);
            loader.load(trees.between(next, end), new Receiver());
            StorageException failure = unanswered.get();
            if (failure != null) {
                throw failure;
            }
            next = end;
        }
    }

    /// Adds every pack the index names: for those who cannot tell what is needed.
    void addAll() {
        index.forEachPack(content -> packs.add(content.pack()));
    }

    int size() {
        return packs.size();
    }

    ObjectId pack(int number) {
        return packs.get(number);
    }

    /// What is missing or does not open, in sentences; some of them if there are many.
    List<String> damages() {
        return damages;
    }

    /// Until when everything is kept that a tree needs.
    ///
    /// @param packEnds end by the pack's number, in seconds since 1970, or [#NOT_KEPT]
    Ends ends(long[] packEnds) {
        long[] ends = new long[trees.size()];
        Arrays.fill(ends, Long.MAX_VALUE);
        // A tree may have been met below one that came later, so one pass is not always enough; each only lowers.
        for (boolean changed = true; changed; ) {
            changed = false;
            for (int tree = ends.length - 1; tree >= 0; tree--) {
                long end = whole.get(tree) ? least(tree, packEnds, ends) : NOT_KEPT;
                changed |= end < ends[tree];
                ends[tree] = end;
            }
        }
        return tree -> {
            int number = trees.number(tree);
            return number < 0 ? NOT_KEPT : ends[number];
        };
    }

    /// Ends by tree.
    @FunctionalInterface
    interface Ends {
        /// @return seconds since 1970; [#NOT_KEPT] also for a tree that is not known
        long of(ObjectId tree);
    }

    private long least(int tree, long[] packEnds, long[] treeEnds) {
        byte[] length = new byte[Integer.BYTES];
        needs.read(places[tree], length, 0, length.length);
        byte[] record = new byte[ByteBuffer.wrap(length).getInt()];
        needs.read(places[tree] + Integer.BYTES, record, 0, record.length);
        ByteBuffer numbers = ByteBuffer.wrap(record);
        long end = Long.MAX_VALUE;
        for (int left = numbers.getInt(); left > 0; left--) {
            end = Math.min(end, packEnds[numbers.getInt()]);
        }
        while (numbers.hasRemaining()) {
            end = Math.min(end, treeEnds[numbers.getInt()]);
        }
        return end;
    }

    private synchronized void take(ObjectId id, List<Node> nodes) {
        Set<Integer> direct = new LinkedHashSet<>();
        Set<Integer> below = new LinkedHashSet<>();
        boolean found = locate(BlobHandle.tree(id), direct);
        for (Node node : nodes) {
            List<ObjectId> content = node.content();
            if (content != null) {
                for (ObjectId blob : content) {
                    found &= locate(BlobHandle.data(blob), direct);
                }
            }
            ObjectId subtree = node.subtree();
            if (node.type() == NodeType.DIR && (subtree == null || subtree.isNull())) {
                damaged("tree " + id.hex() + ": directory \"" + node.name() + "\" has no tree");
                found = false;
            } else if (subtree != null) {
                below.add(trees.add(subtree));
            }
        }
        note(trees.number(id), direct, below, found);
    }

    private void note(int tree, Set<Integer> direct, Set<Integer> below, boolean found) {
        ByteBuffer record = ByteBuffer.allocate(Integer.BYTES * (2 + direct.size() + below.size()));
        record.putInt(record.capacity() - Integer.BYTES).putInt(direct.size());
        direct.forEach(record::putInt);
        below.forEach(record::putInt);
        if (tree >= places.length) {
            places = Arrays.copyOf(places, Math.max(tree + 1, 2 * places.length));
        }
        places[tree] = needs.add(record.array(), 0, record.capacity());
        whole.set(tree, found);
    }

    /// Of several copies the one that is read first.
    private boolean locate(BlobHandle blob, Set<Integer> into) {
        List<BlobLocation> copies = index.find(blob);
        if (copies.isEmpty()) {
            damaged("blob " + blob.id().hex() + " is in no index");
            return false;
        }
        into.add(packs.add(copies.getFirst().pack()));
        return true;
    }

    private synchronized void damaged(String fact) {
        if (damages.size() < MOST_DAMAGES) {
            damages.add(fact);
        }
    }

    @Override
    public void close() {
        needs.close();
    }

    private final class Receiver implements TreeLoader.Receiver {
        @Override
        public void tree(ObjectId id, List<Node> nodes) {
            take(id, nodes);
        }

        @Override
        public void damaged(ObjectId id, RuntimeException reason) {
            if (reason instanceof StorageException storage && storage.kind() != StorageException.Kind.NOT_FOUND) {
                unanswered.compareAndSet(null, storage);
            }
            NeededPacks.this.damaged(String.valueOf(reason.getMessage()));
        }
    }
}
