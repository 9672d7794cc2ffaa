package dev.reprise.operations.backup;

import dev.reprise.base.RawName;
import dev.reprise.repository.tree.Node;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The nodes one directory had in the parent snapshot. Immutable.
final class ParentNodes {
    static final ParentNodes NONE = new ParentNodes(new Node[0], false);
    private static final Comparator<Node> BY_NAME = Comparator.comparing(Node::name);

    private final Node[] sorted;
    private final boolean canonical;

    private ParentNodes(Node[] sorted, boolean canonical) {
        this.sorted = sorted;
        this.canonical = canonical;
    }

    /// @param nodes as stored; sorted here if another program did not
    static ParentNodes of(List<Node> nodes) {
        Node[] sorted = nodes.toArray(Node[]::new);
        boolean canonical = true;
        for (int i = 1; i < sorted.length && canonical; i++) {
            canonical = BY_NAME.compare(sorted[i - 1], sorted[i]) < 0;
        }
        if (!canonical) {
            Arrays.sort(sorted, BY_NAME);
        }
        return new ParentNodes(sorted, canonical);
    }

    /// Whether a directory's nodes are these very objects, so that its tree is the one these were read from.
    ///
    /// @param nodes in order; null where nothing is saved
    @SuppressWarnings("ReferenceEquality") // what differs in anything is another object
    boolean areAll(@Nullable Node[] nodes) {
        int next = 0;
        for (Node node : nodes) {
            if (node != null) {
                if (next == sorted.length || sorted[next] != node) {
                    return false;
                }
                next++;
            }
        }
        return canonical && next == sorted.length;
    }

    /// @param guess where it stands if the directory has the entries it had
    @Nullable
    Node find(RawName name, int guess) {
        return guess < sorted.length && sorted[guess].name().equals(name) ? sorted[guess] : find(name);
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
