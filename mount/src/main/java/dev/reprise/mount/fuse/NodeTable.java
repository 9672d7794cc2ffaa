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
        /// Nodes inside that the kernel knows, and opened listings: while there are any, the node stays.
        private long uses;

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

    private final Map<Long, Known> byNumber = new HashMap<>();
    private final Map<Place, Known> byPlace = new HashMap<>();
    /// What the kernel may be asked to forget: not used and not asked for since it was told last. The one that was
    /// longest without a request first.
    private final LinkedHashMap<Long, Known> idle = new LinkedHashMap<>();
    /// What the kernel was asked to forget since it was told last.
    private final Map<Long, Known> leaving = new HashMap<>();

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
            use(directory);
        }
        known.told++;
        leaving.remove(known.number);
        rest(known);
        return known;
    }

    /// Null for a number the kernel should not know.
    synchronized @Nullable Known find(long number) {
        Known known = idle.remove(number);
        if (known == null) {
            return byNumber.get(number);
        }
        idle.put(number, known); // the last again
        return known;
    }

    synchronized void forget(long number, long times) {
        Known known = byNumber.get(number);
        if (known == null || known == root) {
            return;
        }
        known.told -= times;
        if (known.told <= 0) {
            byNumber.remove(number);
            idle.remove(number);
            leaving.remove(number);
            byPlace.remove(new Place(known.directory().number, known.name), known);
            unuse(known.directory());
        }
    }

    /// Keeps a node from being asked for until [#unuse].
    synchronized void use(Known known) {
        known.uses++;
        idle.remove(known.number);
    }

    synchronized void unuse(Known known) {
        known.uses--;
        rest(known);
    }

    private void rest(Known known) {
        boolean forgotten = byNumber.get(known.number) != known;
        if (known != root && known.uses == 0 && !forgotten && !leaving.containsKey(known.number)) {
            idle.remove(known.number);
            idle.put(known.number, known);
        }
    }

    synchronized int size() {
        return byNumber.size();
    }

    /// Those that the kernel has not been asked to forget.
    synchronized int staying() {
        return byNumber.size() - leaving.size();
    }

    /// The nodes longest without a request, which the kernel should be asked to forget; each is named once until it
    /// is told of it again. No directory of which the kernel knows something inside: that would go too.
    synchronized List<Known> oldest(int count) {
        var found = new ArrayList<Known>();
        while (found.size() < count && !idle.isEmpty()) {
            Known known = idle.pollFirstEntry().getValue();
            leaving.put(known.number, known);
            found.add(known);
        }
        return found;
    }

    /// Directories that the kernel was asked to forget and has not.
    synchronized List<Known> directoriesLeaving() {
        return leaving.values().stream()
                .filter(known -> known.node instanceof FuseNode.Directory)
                .toList();
    }
}
