package dev.reprise.mount;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.mount.fuse.FuseNode;
import dev.reprise.repository.tree.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The entries of one tree that have a place in a file system, in stored order. Immutable.
final class Folder {
    private static final int BYTES_PER_NODE = 500;
    private static final int BYTES_PER_BLOB = 56;

    private final List<Node> nodes;
    private final Map<RawName, Integer> places;

    private Folder(List<Node> nodes, Map<RawName, Integer> places) {
        this.nodes = nodes;
        this.places = places;
    }

    /// @param leftOut told the name of an entry that has no place, and why
    static Folder of(List<Node> stored, BiConsumer<RawName, String> leftOut) {
        var nodes = new ArrayList<Node>(stored.size());
        Map<RawName, Integer> places = HashMap.newHashMap(stored.size());
        for (Node node : stored) {
            RawName name = node.name();
            if (!name.isPlainName()) {
                leftOut.accept(name, "not a file name");
            } else if (name.length() > FuseNode.LONGEST_NAME) {
                leftOut.accept(name, "a name of " + name.length() + " bytes");
            } else if (places.putIfAbsent(name, nodes.size()) != null) {
                leftOut.accept(name, "the name occurs twice");
            } else {
                nodes.add(node);
            }
        }
        return new Folder(List.copyOf(nodes), places);
    }

    int size() {
        return nodes.size();
    }

    Node node(int place) {
        return nodes.get(place);
    }

    /// The place of an entry, or -1.
    int find(RawName name) {
        return places.getOrDefault(name, -1);
    }

    /// About how many bytes of memory this takes.
    long weight() {
        long weight = 0;
        for (Node node : nodes) {
            @Nullable List<ObjectId> content = node.content();
            RawName target = node.linkTarget();
            weight += BYTES_PER_NODE + 2L * node.name().length();
            weight += content == null ? 0 : (long) BYTES_PER_BLOB * content.size();
            weight += target == null ? 0 : target.length();
            for (Node.ExtendedAttribute attribute : node.extendedAttributes()) {
                weight += 100 + attribute.value().length;
            }
        }
        return weight;
    }
}
