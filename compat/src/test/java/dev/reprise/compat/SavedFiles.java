package dev.reprise.compat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.index.BlobLocation;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.snapshot.StoredSnapshot;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What the snapshots of a repository hold, by ids of blobs: two files of the same ids restore identically.
///
/// @param snapshots in the order of their times
/// @param blobs     where each blob lies; only of packs that an index names
record SavedFiles(List<Saved> snapshots, Map<BlobHandle, List<BlobLocation>> blobs) {
    /// @param files by absolute path
    record Saved(StoredSnapshot stored, Map<String, SavedFile> files) {
        String shortId() {
            return stored.id().shortHex();
        }
    }

    /// @param name of a file in the tree; empty for the tree itself
    record Lost(BlobHandle tree, String name) {}

    /// @param trees   every tree from the root down to the folder of the file
    /// @param folders path of each of them, with a stroke at its end
    record SavedFile(List<BlobHandle> trees, List<String> folders, List<ObjectId> content) {
        boolean needsAny(Set<BlobHandle> lost) {
            return trees.stream().anyMatch(lost::contains)
                    || content.stream().map(BlobHandle::data).anyMatch(lost::contains);
        }

        /// What is lost: the outermost tree, or the file in its tree.
        Lost lostWith(String path, Set<BlobHandle> lost) {
            return trees.stream()
                    .filter(lost::contains)
                    .findFirst()
                    .map(tree -> new Lost(tree, ""))
                    .orElseGet(() -> new Lost(trees.getLast(), path.substring(path.lastIndexOf('/') + 1)));
        }

        /// What a check calls it: its own path, or that of the outermost folder that is lost with it.
        String namedAs(String path, Set<BlobHandle> lost) {
            for (int i = 0; i < trees.size(); i++) {
                if (lost.contains(trees.get(i))) {
                    return folders.get(i);
                }
            }
            return path;
        }
    }

    /// Reads every snapshot; one that cannot be read fails the test.
    static SavedFiles of(HistoryFixture fixture) {
        Map<BlobHandle, List<BlobLocation>> blobs = new HashMap<>();
        List<Saved> snapshots = new ArrayList<>();
        try (Repository repository = fixture.open()) {
            List<StoredSnapshot> stored = repository.snapshots((id, reason) -> {
                throw new AssertionError("snapshot " + id, reason);
            });
            BlobIndex index = repository.readIndex((id, reason) -> {
                throw new AssertionError("index " + id, reason);
            });
            index.forEachPack(content -> content.blobs()
                    .forEach(blob -> blobs.computeIfAbsent(blob.handle(), _ -> new ArrayList<>())
                            .add(blob)));
            try (BlobReader reader = repository.reader(index)) {
                for (StoredSnapshot each : stored) {
                    Map<String, SavedFile> files = new LinkedHashMap<>();
                    walk(reader, each.snapshot().tree(), "/", List.of(), List.of(), files);
                    snapshots.add(new Saved(each, files));
                }
            }
        }
        return new SavedFiles(snapshots, blobs);
    }

    private static void walk(
            BlobReader reader,
            ObjectId tree,
            String path,
            List<BlobHandle> above,
            List<String> folders,
            Map<String, SavedFile> files) {
        BlobHandle handle = BlobHandle.tree(tree);
        List<BlobHandle> trees = with(above, handle);
        List<String> paths = with(folders, path);
        for (Node node : decode(reader.read(handle))) {
            if (node.type() == NodeType.DIR && node.subtree() != null) {
                walk(reader, node.subtree(), path + node.name() + "/", trees, paths, files);
            } else if (node.type() == NodeType.FILE && node.content() != null) {
                files.put(path + node.name(), new SavedFile(trees, paths, node.content()));
            }
        }
    }

    private static List<Node> decode(byte[] tree) {
        try {
            return TreeCodec.decode(tree);
        } catch (TreeFormatException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> List<T> with(List<T> list, T more) {
        List<T> all = new ArrayList<>(list);
        all.add(more);
        return List.copyOf(all);
    }

    /// Blobs of a pack, in the order of offsets.
    List<BlobLocation> of(ObjectId pack) {
        return blobs.values().stream()
                .flatMap(Collection::stream)
                .filter(blob -> blob.pack().equals(pack))
                .sorted((a, b) -> Long.compare(a.offset(), b.offset()))
                .toList();
    }
}
