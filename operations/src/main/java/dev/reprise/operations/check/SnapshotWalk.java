package dev.reprise.operations.check;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.storage.StorageException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Loads every tree of every snapshot once and follows what is wrong with one up to the snapshots that
/// use it.
final class SnapshotWalk {
    /// Bytes of a path that are shown. Trees may nest deeper than any file system, and each may have a defect.
    private static final int LONGEST_PLACE = 1_000;

    private final TreeLoader loader;
    private final BlobIndex index;
    private final BlobDamage damage;
    private final Findings findings;

    /// Files that are named one by one; `repair snapshots --dry-run` names them all.
    private static final int MOST_NAMED = 10_000;

    /// Stands for a name where there is none: nothing behind the slash would mean the whole directory.
    private static final String NAMELESS = "(an entry without name)";

    /// Trees whose nodes or locations are held at a time.
    private static final int SLICE_TREES = 1 << 12;

    private static final Comparator<Place> ORDER =
            Comparator.comparing(Place::snapshot).thenComparing(Place::path);

    private final MetTrees met;
    private final Map<ObjectId, Integer> roots = new HashMap<>();
    private final BitSet bad = new BitSet();
    private final IdSet reported;
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final @Nullable Set<ObjectId> usedPacks;
    private volatile boolean lostTrees;

    /// What one tree says of its directories.
    private record Child(RawName name, ObjectId tree) {}

    /// @param usedPacks gets every pack that holds a blob of a walked snapshot; null when nobody asks
    SnapshotWalk(
            Repository repository,
            BlobIndex index,
            BlobDamage damage,
            Findings findings,
            Allowance allowance,
            int workers,
            @Nullable Set<ObjectId> usedPacks) {
        this.usedPacks = usedPacks;
        met = new MetTrees(allowance);
        reported = new IdSet(allowance);
        loader = new TreeLoader(repository, index, workers);
        this.index = index;
        this.damage = damage;
        this.findings = findings;
    }

    void run(List<StoredSnapshot> snapshots) {
        findings.phase("snapshots", snapshots.size());
        for (int i = 0; i < snapshots.size(); i++) {
            StoredSnapshot stored = snapshots.get(i);
            int from = met.size();
            roots.put(
                    stored.id(),
                    met.meet(
                            stored.snapshot().tree(), -1, RawName.of(stored.id().shortHex())));
            walk(from);
            findings.progress(i + 1, snapshots.size(), 0);
        }
    }

    /// Loads the trees met since `from`, then those they name, until nothing new comes.
    private void walk(int from) {
        int start = from;
        while (start < met.size()) {
            int end = Math.min(met.size(), start + SLICE_TREES);
            List<ObjectId> trees = met.between(start, end);
            Map<ObjectId, List<Child>> children = load(trees);
            for (int number = start; number < end; number++) {
                for (Child child : children.getOrDefault(trees.get(number - start), List.of())) {
                    met.meet(child.tree, number, child.name);
                }
            }
            start = end;
        }
    }

    private Map<ObjectId, List<Child>> load(List<ObjectId> trees) {
        Map<ObjectId, List<Child>> children = new ConcurrentHashMap<>();
        loader.load(trees, new TreeLoader.Receiver() {
            @Override
            public void tree(ObjectId id, List<Node> nodes) {
                guarded(() -> {
                    List<Child> found = examine(id, nodes);
                    if (!found.isEmpty()) {
                        children.put(id, found);
                    }
                });
            }

            @Override
            public void damaged(ObjectId id, RuntimeException reason) {
                guarded(() -> damagedTree(id, reason));
            }
        });
        endOnFailure();
        return children;
    }

    private void damagedTree(ObjectId id, RuntimeException reason) {
        switch (reason) {
            case OperationException aboutThisMachine -> throw aboutThisMachine;
            case StorageException unanswered -> // says nothing about the tree
                findings.unanswered(
                        "tree %s, %s, could not be read: %s".formatted(id.hex(), place(id), unanswered.fact()));
            default -> {
                markBad(id);
                findings.defect("error for tree %s: tree %s, %s, cannot be read: %s"
                        .formatted(id.shortHex(), id.hex(), place(id), reason.getMessage()));
            }
        }
    }

    /// A failure of the check itself must not be taken for damage of the trees that were read together with
    /// this one.
    private void guarded(Runnable work) {
        try {
            work.run();
        } catch (CancelledException e) {
            throw e;
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
        }
    }

    private void endOnFailure() {
        RuntimeException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    private void use(BlobHandle blob, Set<ObjectId> used) {
        index.find(blob).forEach(copy -> used.add(copy.pack()));
    }

    private List<Child> examine(ObjectId id, List<Node> nodes) {
        Set<ObjectId> used = usedPacks;
        if (used != null) {
            use(BlobHandle.tree(id), used);
            for (Node node : nodes) {
                List<ObjectId> content = node.content();
                if (content != null) {
                    content.forEach(blob -> use(BlobHandle.data(blob), used));
                }
            }
        }
        var examination = new TreeExamination(
                index, damage, findings, reported, () -> place(id).toString());
        List<Child> children = new ArrayList<>();
        for (Node node : nodes) {
            ObjectId subtree = examination.add(node);
            if (subtree != null) {
                children.add(new Child(node.name(), subtree));
            }
        }
        if (examination.isBad()) {
            markBad(id);
        }
        return children;
    }

    private void markBad(ObjectId tree) {
        int number = met.number(tree);
        synchronized (bad) {
            bad.set(number);
        }
    }

    /// Where a tree was met first, for people.
    ///
    /// @param path     of the tree in the snapshot, empty for its root
    /// @param snapshot short id
    private record Place(String path, String snapshot) {
        @Override
        public String toString() {
            return (path.isEmpty() ? "the root" : path) + " of snapshot " + snapshot;
        }
    }

    private Place place(ObjectId tree) {
        List<String> names = new ArrayList<>();
        int length = 0;
        int number = met.number(tree);
        while (met.parent(number) >= 0) {
            if (length < LONGEST_PLACE) {
                RawName name = met.name(number);
                names.add("/" + name);
                length += 1 + name.length();
            }
            number = met.parent(number);
        }
        return new Place(
                (length < LONGEST_PLACE ? "" : "…") + String.join("", names.reversed()),
                met.name(number).toString());
    }

    /// Names the files of which something is lost, and finds the trees that use blobs which turned out to be damaged
    /// since the walk. A whole repository is not looked at again.
    void nameAffected() {
        if (bad.isEmpty() && !damage.any()) {
            return;
        }
        var affected = new Affected();
        var receiver = new TreeLoader.Receiver() {
            @Override
            public void tree(ObjectId id, List<Node> nodes) {
                guarded(() -> {
                    for (Node node : nodes) {
                        if (usesLostBlob(node) || lacksSomething(node)) {
                            markBad(id);
                            affected.add(
                                    id,
                                    node.name().isEmpty()
                                            ? NAMELESS
                                            : node.name().toString());
                        }
                    }
                });
            }

            @Override
            public void damaged(ObjectId id, RuntimeException reason) {
                guarded(() -> again(id, reason, affected));
            }
        };
        for (int start = 0; start < met.size(); start += SLICE_TREES) {
            loader.load(met.between(start, Math.min(met.size(), start + SLICE_TREES)), receiver);
            endOnFailure();
        }
        affected.tell();
    }

    private void again(ObjectId id, RuntimeException reason, Affected affected) {
        switch (reason) {
            case OperationException aboutThisMachine -> throw aboutThisMachine;
            case StorageException unanswered ->
                findings.unanswered("tree %s could not be read again: %s".formatted(id.hex(), unanswered.fact()));
            default -> {
                lostTrees = true;
                markBad(id);
                affected.add(id, "");
            }
        }
    }

    /// Files and folders of which something is lost. Safe for many threads.
    private final class Affected {
        private final Set<Place> places = new ConcurrentSkipListSet<>(ORDER);
        private final AtomicInteger seen = new AtomicInteger();

        /// @param name of a file in the tree; empty for the tree itself
        void add(ObjectId tree, String name) {
            if (seen.incrementAndGet() <= MOST_NAMED) {
                Place around = place(tree);
                places.add(new Place(around.path + "/" + name, around.snapshot));
            }
        }

        void tell() {
            places.forEach(place -> findings.affected(place.path, place.snapshot));
            if (seen.get() > MOST_NAMED) {
                findings.hint("%d files are affected, %d are named".formatted(seen.get(), MOST_NAMED));
            }
        }
    }

    /// What [TreeExamination] calls a defect of the tree itself: nothing can be restored of such an entry.
    private static boolean lacksSomething(Node node) {
        ObjectId subtree = node.subtree();
        return node.name().isEmpty()
                || (node.type() == NodeType.FILE && node.content() == null)
                || (node.type() == NodeType.DIR && (subtree == null || subtree.isNull()));
    }

    private boolean usesLostBlob(Node node) {
        List<ObjectId> content = node.content();
        return node.type() == NodeType.FILE
                && content != null
                && content.stream().anyMatch(id -> damage.isLost(id) || !index.contains(BlobHandle.data(id)));
    }

    /// Snapshots from which something cannot be restored.
    List<ObjectId> affected() {
        BitSet reached = met.above(bad);
        return roots.entrySet().stream()
                .filter(root -> reached.get(root.getValue()))
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /// Whether a directory could not be read.
    boolean lostTrees() {
        return lostTrees;
    }

    long trees() {
        return met.size();
    }
}
