package dev.reprise.operations.backup;

import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The nodes one directory had in the parent snapshot. Immutable.
final class ParentNodes {
    static final ParentNodes NONE = new ParentNodes(List.of());
    private static final Comparator<Node> BY_NAME = Comparator.comparing(Node::name);

    private final Node[] sorted;

    private ParentNodes(List<Node> nodes) {
        this.sorted = nodes.toArray(Node[]::new);
    }

    /// @param nodes as stored; sorted here if another program did not
    static ParentNodes of(List<Node> nodes) {
        var parent = new ParentNodes(nodes);
        Arrays.sort(parent.sorted, BY_NAME);
        return parent;
    }

    @Nullable
    Node find(RawName name) {
        int low = 0;
        int high = sorted.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = sorted[middle].name().compareTo(name);
            if (order == 0) {
                return sorted[middle];
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return null;
    }
}
