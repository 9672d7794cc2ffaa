package dev.reprise.mount.fuse;

import dev.reprise.base.RawName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which numbers the kernel knows nodes by. It may use a number until it has forgotten it as often as it was told it.
/// Safe for many threads.
final class NodeTable {
    static final long ROOT = 1;

    private record Place(long directory, RawName name) {}

    /// A node the kernel knows.
    static final class Known {
        private final long number;
        private final FuseNode node;
        private final @Nullable Known directory;
        private final RawName name;
        private long told;
        private boolean leaving;

        private Known(long number, FuseNode node, @Nullable Known directory, RawName name) {
            this.number = number;
            this.node = node;
            this.directory = directory;
            this.name = name;
        }

        long number() {
            return number;
        }

        FuseNode node() {
            return node;
        }

        /// Of the root: itself.
        Known directory() {
            return directory == null ? this : directory;
        }

        RawName name() {
            return name;
        }
    }

    /// The longest known first.
    private final LinkedHashMap<Long, Known> byNumber = new LinkedHashMap<>();

    private final Map<Place, Known> byPlace = new HashMap<>();
    private final Known root;
    private long next = ROOT + 1;

    NodeTable(FuseNode.Directory root) {
        this.root = new Known(ROOT, root, null, RawName.of(""));
        byNumber.put(ROOT, this.root);
    }

    /// The kernel is about to be told of this node once more.
    synchronized Known tell(Known directory, RawName name, FuseNode node) {
        var place = new Place(directory.number, name);
        Known known = byPlace.get(place);
        if (known == null || !known.node.equals(node)) {
            known = new Known(next++, node, directory, name);
            byNumber.put(known.number, known);
            byPlace.put(place, known);
        }
        known.told++;
        return known;
    }

    /// Null for a number the kernel should not know.
    synchronized @Nullable Known find(long number) {
        return byNumber.get(number);
    }

    synchronized void forget(long number, long times) {
        Known known = byNumber.get(number);
        if (known == null || known == root) {
            return;
        }
        known.told -= times;
        if (known.told <= 0) {
            byNumber.remove(number);
            byPlace.remove(new Place(known.directory().number, known.name), known);
        }
    }

    synchronized int size() {
        return byNumber.size();
    }

    /// The nodes the kernel has known for longest, which it should be asked to forget; each is named once. Directories
    /// stay: somebody may work in them.
    synchronized List<Known> oldest(int count) {
        var found = new ArrayList<Known>();
        for (Known known : byNumber.values()) {
            if (found.size() >= count) {
                break;
            }
            if (!known.leaving && !(known.node instanceof FuseNode.Directory)) {
                known.leaving = true;
                found.add(known);
            }
        }
        return found;
    }
}
