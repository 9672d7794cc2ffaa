package dev.reprise.operations.trees;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RepriseException;
import dev.reprise.base.Workers;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Loads trees by several threads, verified and decoded. Safe for many threads.
public final class TreeLoader {
    /// Trees one thread takes at a time. Neighbours in a pack come with one storage read; more would
    /// leave the other threads without work where all trees of a small repository lie in one pack.
    private static final int BATCH_TREES = 64;

    private static final int BATCH_BYTES = 1 << 20;

    private final Repository repository;
    private final BlobIndex index;
    private final int workers;

    public TreeLoader(Repository repository, BlobIndex index, int workers) {
        this.repository = repository;
        this.index = index;
        this.workers = workers;
    }

    /// Called from worker threads, possibly at the same time; once for every tree. Must not throw.
    public interface Receiver {
        /// @param nodes in stored order, neither names nor references checked
        void tree(ObjectId id, List<Node> nodes);

        /// The tree is missing, damaged or no tree.
        void damaged(ObjectId id, RuntimeException reason);
    }

    /// Returns when every tree was given to the receiver.
    ///
    /// @throws CancelledException if the calling thread was interrupted
    public void load(Collection<ObjectId> ids, Receiver receiver) {
        List<List<BlobLocation>> batches = batches(ids, receiver);
        Workers.run(
                "loading trees",
                workers,
                batches.size(),
                () -> repository.reader(index),
                BlobReader::close,
                (reader, number) -> load(reader, batches.get(number), receiver));
    }

    private List<List<BlobLocation>> batches(Collection<ObjectId> ids, Receiver receiver) {
        Map<ObjectId, List<BlobLocation>> byPack = new LinkedHashMap<>();
        for (ObjectId id : ids) {
            List<BlobLocation> copies = index.find(BlobHandle.tree(id));
            if (copies.isEmpty()) {
                receiver.damaged(
                        id, RepositoryException.missing("tree " + id.hex(), "a snapshot, and no index names it"));
            } else {
                byPack.computeIfAbsent(copies.getFirst().pack(), _ -> new ArrayList<>())
                        .add(copies.getFirst());
            }
        }
        List<List<BlobLocation>> batches = new ArrayList<>();
        for (List<BlobLocation> trees : byPack.values()) {
            split(trees, batches);
        }
        return batches;
    }

    private static void split(List<BlobLocation> trees, List<List<BlobLocation>> batches) {
        trees.sort(Comparator.comparingLong(BlobLocation::offset));
        int from = 0;
        long bytes = 0;
        for (int i = 0; i < trees.size(); i++) {
            bytes += trees.get(i).length();
            if (i + 1 == trees.size() || i + 1 - from == BATCH_TREES || bytes >= BATCH_BYTES) {
                batches.add(trees.subList(from, i + 1));
                from = i + 1;
                bytes = 0;
            }
        }
    }

    private static void load(BlobReader reader, List<BlobLocation> trees, Receiver receiver) {
        var delivery = new Delivery(receiver);
        try {
            reader.readPack(trees.getFirst().pack(), trees, delivery);
        } catch (CancelledException e) {
            throw e;
        } catch (RepriseException e) {
            Workers.stopIfInterrupted("loading trees");
            trees.stream().filter(delivery::isOutstanding).forEach(tree -> delivery.damaged(tree, e));
        }
    }

    /// Decodes what a reader delivers and remembers what it has seen.
    private static final class Delivery implements BlobReader.PackConsumer {
        private final Receiver receiver;
        private final Set<ObjectId> seen = new HashSet<>();

        Delivery(Receiver receiver) {
            this.receiver = receiver;
        }

        boolean isOutstanding(BlobLocation tree) {
            return !seen.contains(tree.handle().id());
        }

        @Override
        public void blob(BlobLocation location, byte[] data, int length) {
            ObjectId id = location.handle().id();
            seen.add(id);
            Workers.stopIfInterrupted("loading trees");
            List<Node> nodes;
            try {
                nodes = TreeCodec.decode(Arrays.copyOf(data, length));
            } catch (TreeFormatException e) {
                receiver.damaged(
                        id, RepositoryException.damaged("tree " + id.hex(), String.valueOf(e.getMessage()), e));
                return;
            }
            receiver.tree(id, nodes);
        }

        @Override
        public void damaged(BlobLocation location, RuntimeException reason) {
            Workers.stopIfInterrupted("loading trees");
            seen.add(location.handle().id());
            receiver.damaged(location.handle().id(), reason);
        }
    }
}
