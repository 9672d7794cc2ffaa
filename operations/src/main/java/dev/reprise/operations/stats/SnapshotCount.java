package dev.reprise.operations.stats;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.browse.TreeWalk;
import dev.reprise.operations.browse.UsedBlobs;
import dev.reprise.operations.restore.TreeReader;
import dev.reprise.operations.trees.TreeLoader;
import dev.reprise.repository.Repository;
import dev.reprise.repository.crypto.Sealer;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.model.RepositoryException;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Adds up snapshots in one of the ways of counting.
public final class SnapshotCount {
    private final Repository repository;
    private final BlobIndex index;
    private final int workers;

    /// Content of files met so far, over all snapshots: a hash of the ids of their blobs.
    private final Set<ObjectId> contents = new HashSet<>();

    private final Map<RawName, Set<ObjectId>> blobsByPath = new HashMap<>();
    private long bytes;
    private long files;
    private long blobs;

    private SnapshotCount(Repository repository, BlobIndex index, int workers) {
        this.repository = repository;
        this.index = index;
        this.workers = workers;
    }

    /// @param roots   the tree of each snapshot
    /// @param workers most threads
    /// @throws RepositoryException if a tree or a blob that is needed cannot be read or found
    public static Statistics run(
            Repository repository, BlobIndex index, List<ObjectId> roots, Counting counting, int workers) {
        var count = new SnapshotCount(repository, index, workers);
        return counting == Counting.RAW_DATA ? count.raw(roots) : count.walk(roots, counting);
    }

    private Statistics walk(List<ObjectId> roots, Counting counting) {
        try (var reader = new TreeReader(repository, index)) {
            var walk = new TreeWalk(reader);
            for (ObjectId root : roots) {
                var links = new HashSet<FileIdentity>();
                walk.walk(root, (_, path, node) -> {
                    switch (counting) {
                        case RESTORE_SIZE -> restored(node, links);
                        case FILES_BY_CONTENTS -> content(node);
                        case BLOBS_PER_FILE -> references(path, node);
                        case RAW_DATA -> throw new IllegalStateException("blobs are counted without a walk");
                    }
                    return true;
                });
            }
        }
        return new Statistics(roots.size(), bytes, files, blobs, 0, 0, 0);
    }

    /// What tells two names of one file from two files.
    private record FileIdentity(long inode, long device) {}

    private void restored(Node node, Set<FileIdentity> links) {
        files++;
        boolean single = node.links() == 1 || node.type() == NodeType.DIR || node.inode() == 0;
        if (single || links.add(new FileIdentity(node.inode(), node.deviceId()))) {
            bytes += node.size();
        }
    }

    private void content(Node node) {
        if (contents.add(identity(node))) {
            bytes += node.size();
            files++;
        }
    }

    private void references(RawName path, Node node) {
        if (!contents.add(identity(node))) {
            return;
        }
        List<ObjectId> content = node.content();
        if (content == null || content.isEmpty()) {
            return;
        }
        Set<ObjectId> known = blobsByPath.computeIfAbsent(path, _ -> {
            files++;
            return new HashSet<>();
        });
        for (ObjectId id : content) {
            if (known.add(id)) {
                bytes += plainLength(id);
                blobs++;
            }
        }
    }

    private long plainLength(ObjectId id) {
        int length = index.plainLength(BlobHandle.data(id));
        if (length < 0) {
            throw RepositoryException.missing(BlobHandle.data(id).toString(), "a snapshot, and no index names it");
        }
        return length;
    }

    /// Everything without content is one file.
    private static ObjectId identity(Node node) {
        MessageDigest digest = ObjectId.newDigest();
        List<ObjectId> content = node.content();
        if (content != null) {
            content.forEach(id -> digest.update(id.bytes()));
        }
        return ObjectId.of(digest.digest(), 0);
    }

    private Statistics raw(List<ObjectId> roots) {
        var used = new UsedBlobs(new TreeLoader(repository, index, workers));
        roots.forEach(used::add);
        var stored = new Stored(repository.config().version() > 1);
        used.trees().forEach(id -> stored.add(BlobType.TREE, id));
        used.data().forEach(id -> stored.add(BlobType.DATA, id));
        return new Statistics(
                roots.size(), stored.bytes, 0, stored.blobs, stored.uncompressed, stored.compressed, stored.plain);
    }

    /// Sums over stored blobs; of several copies the first counts.
    private final class Stored {
        private final boolean compresses;
        private long bytes;
        private long blobs;
        private long uncompressed;
        private long compressed;
        private long plain;

        Stored(boolean compresses) {
            this.compresses = compresses;
        }

        void add(BlobType type, ObjectId id) {
            var handle = new BlobHandle(type, id);
            List<BlobLocation> copies = index.find(handle);
            if (copies.isEmpty()) {
                throw RepositoryException.missing(handle.toString(), "a snapshot, and no index names it");
            }
            BlobLocation copy = copies.getFirst();
            blobs++;
            bytes += copy.length();
            long unpacked = copy.plainLength() + (long) Sealer.OVERHEAD;
            if (compresses) {
                uncompressed += unpacked;
            }
            if (compresses && copy.compressed()) {
                compressed += copy.length();
                plain += unpacked;
            }
        }
    }
}
