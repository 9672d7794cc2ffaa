package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.storage.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
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

    /// Trees whose nodes or locations are held at a time.
    private static final int SLICE_TREES = 1 << 12;

    private static final Comparator<Place> ORDER =
            Comparator.comparing(Place::snapshot).thenComparing(Place::path);

    private final MetTrees met = new MetTrees();
    private final Map<ObjectId, Integer> roots = new HashMap<>();
    private final Edges edges = new Edges();
    private final BitSet bad = new BitSet();
    private final Set<ObjectId> reported = ConcurrentHashMap.newKeySet();
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
            int workers,
            @Nullable Set<ObjectId> usedPacks) {
        this.usedPacks = usedPacks;
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
            Map<ObjectId, List<Child>> children = load(start, end);
            for (int number = start; number < end; number++) {
                for (Child child : children.getOrDefault(met.get(number), List.of())) {
                    edges.add(number, met.meet(child.tree, number, child.name));
                }
            }
            start = end;
        }
    }

    private Map<ObjectId, List<Child>> load(int start, int end) {
        Map<ObjectId, List<Child>> children = new ConcurrentHashMap<>();
        loader.load(met.between(start, end), new TreeLoader.Receiver() {
            @Override
            public void tree(ObjectId id, List<Node> nodes) {
                List<Child> found = examine(id, nodes);
                if (!found.isEmpty()) {
                    children.put(id, found);
                }
            }

            @Override
            public void damaged(ObjectId id, RuntimeException reason) {
                markBad(id);
                findings.defect("tree %s, %s, cannot be read: %s".formatted(id.hex(), place(id), reason.getMessage()));
            }
        });
        return children;
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
        if (bad.isEmpty() && damage.lost() == 0) {
            return;
        }
        var affected = new Affected();
        var receiver = new TreeLoader.Receiver() {
            @Override
            public void tree(ObjectId id, List<Node> nodes) {
                for (Node node : nodes) {
                    if (usesLostBlob(node)) {
                        markBad(id);
                        affected.add(id, node.name().toString());
                    }
                }
            }

            @Override
            public void damaged(ObjectId id, RuntimeException reason) {
                if (reason instanceof StorageException unanswered) { // says nothing about the tree
                    findings.defect("tree %s could not be read again: %s".formatted(id.hex(), unanswered.fact()));
                    return;
                }
                lostTrees = true;
                markBad(id);
                affected.add(id, "");
            }
        };
        for (int start = 0; start < met.size(); start += SLICE_TREES) {
            loader.load(met.between(start, Math.min(met.size(), start + SLICE_TREES)), receiver);
        }
        affected.tell();
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

    private boolean usesLostBlob(Node node) {
        List<ObjectId> content = node.content();
        return node.type() == NodeType.FILE
                && content != null
                && content.stream()
                        .map(BlobHandle::data)
                        .anyMatch(blob -> damage.isLost(blob) || !index.contains(blob));
    }

    /// Snapshots from which something cannot be restored.
    List<ObjectId> affected() {
        BitSet reached = edges.above(bad);
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

    /// Which tree names which, as pairs of numbers: 8 bytes each, for repositories with millions of
    /// directories.
    private static final class Edges {
        private int count;
        private int[] parent = new int[1024];
        private int[] child = new int[1024];

        void add(int from, int to) {
            if (count == parent.length) {
                parent = Arrays.copyOf(parent, count * 2);
                child = Arrays.copyOf(child, count * 2);
            }
            parent[count] = from;
            child[count++] = to;
        }

        /// Adds to the given trees everything above them.
        BitSet above(BitSet trees) {
            BitSet reached = (BitSet) trees.clone();
            if (trees.isEmpty()) {
                return reached;
            }
            Map<Integer, List<Integer>> parents = new HashMap<>();
            for (int i = 0; i < count; i++) {
                parents.computeIfAbsent(child[i], _ -> new ArrayList<>(1)).add(parent[i]);
            }
            var waiting = new ArrayDeque<Integer>();
            trees.stream().forEach(waiting::add);
            while (!waiting.isEmpty()) {
                for (int next : parents.getOrDefault(waiting.remove(), List.of())) {
                    if (!reached.get(next)) {
                        reached.set(next);
                        waiting.add(next);
                    }
                }
            }
            return reached;
        }
    }
}
