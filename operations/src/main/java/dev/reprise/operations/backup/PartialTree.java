package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.TreeCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tree of what a run has finished so far: unfinished directories hold the entries they have. Other threads go on
/// meanwhile; what they finish may or may not be in it. Belongs to one thread.
final class PartialTree {
    private final BlobWriter.Session session;
    private final Map<DirectoryWork, Map<Integer, DirectoryWork>> unfinished = new HashMap<>();
    private @Nullable DirectoryWork root;

    /// @param open every directory that is begun and not finished
    PartialTree(BlobWriter.Session session, Collection<DirectoryWork> open) {
        this.session = session;
        for (DirectoryWork directory : open) {
            Item item = directory.item();
            if (item == null) {
                root = directory;
            } else {
                unfinished.computeIfAbsent(item.parent(), _ -> new HashMap<>()).put(item.slot(), directory);
            }
        }
    }

    /// @return null if nothing is finished yet
    @Nullable
    ObjectId save() {
        return root == null ? null : save(root);
    }

    private @Nullable ObjectId save(DirectoryWork directory) {
        Map<Integer, DirectoryWork> below = unfinished.getOrDefault(directory, Map.of());
        List<Node> nodes = new ArrayList<>();
        @Nullable Node[] finished = directory.finished();
        for (int slot = 0; slot < finished.length; slot++) {
            DirectoryWork child = below.get(slot);
            Node node = finished[slot] == null && child != null ? node(child) : finished[slot];
            if (node != null) {
                nodes.add(node);
            }
        }
        if (nodes.isEmpty()) {
            return null;
        }
        byte[] encoded = TreeCodec.encode(nodes);
        return session.save(BlobType.TREE, encoded, 0, encoded.length).id();
    }

    private @Nullable Node node(DirectoryWork directory) {
        ObjectId tree = save(directory);
        return tree == null ? null : directory.partialNode(tree);
    }
}
