package dev.reprise.operations.repair;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.lock.RepositoryLock;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.GoTime;
import dev.reprise.repository.model.ProcessIdentity;
import dev.reprise.repository.model.WriterOptions;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.snapshot.Snapshot;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Finds trees that nothing names any more and gives them a snapshot (repository format, section 10.4). The index must
/// be complete before.
public final class TreeRecovery {
    /// Permissions only: restic leaves the directory's bit out, and so the trees are the same.
    private static final long MODE = 0755;

    private final Repository repository;
    private final RepositoryLock lock;
    private final RepairListener listener;

    /// @param lock exclusive
    public TreeRecovery(Repository repository, RepositoryLock lock, RepairListener listener) {
        this.repository = repository;
        this.lock = lock;
        this.listener = listener;
    }

    /// Trees that no tree and no snapshot names. One that cannot be read is found too: what it names cannot be known.
    ///
    /// @param workers threads that read
    public List<ObjectId> unreferenced(BlobIndex index, List<StoredSnapshot> snapshots, int workers) {
        Set<ObjectId> trees = new HashSet<>();
        index.forEachPack(content -> content.blobs().forEach(blob -> {
            if (blob.handle().type() == BlobType.TREE) {
                trees.add(blob.handle().id());
            }
        }));
        Set<ObjectId> named = ConcurrentHashMap.newKeySet();
        snapshots.forEach(stored -> named.add(stored.snapshot().tree()));
        new TreeLoader(repository, index, workers).load(trees, new TreeLoader.Receiver() {
            @Override
            public void tree(ObjectId id, List<Node> nodes) {
                for (Node node : nodes) {
                    if (node.type() == NodeType.DIR && node.subtree() != null) {
                        named.add(node.subtree());
                    }
                }
            }

            @Override
            public void damaged(ObjectId id, RuntimeException reason) {
                listener.on(new RepairListener.RepairEvent.Remark(
                        "unable to load tree %s: %s".formatted(id.shortHex(), reason.getMessage())));
                named.add(id); // a directory that nobody can read is of no use
            }
        });
        trees.removeAll(named);
        return List.copyOf(new TreeSet<>(trees));
    }

    /// Saves one snapshot that holds a directory for each tree.
    ///
    /// @param roots at least one
    /// @return its id
    public ObjectId save(List<ObjectId> roots, BlobIndex index, WriterOptions options, GoTime now) {
        byte[] tree = TreeCodec.encode(nodes(roots, now));
        ObjectId id;
        try (BlobWriter writer = repository.writer(index, lock, options)) {
            try (BlobWriter.Session session = writer.session()) {
                id = session.save(BlobType.TREE, tree, 0, tree.length).id();
            }
            writer.finish();
        }
        lock.ensureHeld();
        return repository.save(snapshot(id, now));
    }

    /// Sorted by name, as every tree must be.
    private static List<Node> nodes(List<ObjectId> roots, GoTime now) {
        var time = new NodeTime(now.epochSecond(), now.nano(), now.offsetSeconds());
        boolean shortNames = roots.stream().map(ObjectId::shortHex).distinct().count() == roots.size();
        List<Node> nodes = new ArrayList<>();
        for (ObjectId root : roots) {
            nodes.add(new Node(
                    RawName.of(shortNames ? root.shortHex() : root.hex()),
                    NodeType.DIR,
                    MODE,
                    time,
                    time,
                    time,
                    0,
                    0,
                    "",
                    "",
                    0,
                    0,
                    0,
                    0,
                    null,
                    List.of(),
                    0,
                    null,
                    root,
                    "",
                    Map.of()));
        }
        nodes.sort(Comparator.comparing(Node::name));
        return nodes;
    }

    private static Snapshot snapshot(ObjectId tree, GoTime now) {
        ProcessIdentity self = ProcessIdentity.current();
        return new Snapshot(
                now.toOffsetDateTime(),
                null,
                tree,
                List.of("/recover"),
                self.hostname(),
                self.username(),
                self.uid(),
                self.gid(),
                List.of(),
                List.of("recovered"),
                null,
                "",
                null,
                Map.of());
    }
}
