package dev.reprise.operations.bucket;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.NodeTime;
import dev.reprise.repository.tree.NodeType;
import dev.reprise.repository.tree.TreeCodec;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/*
 * Objects come in the order of their keys, so a folder is complete when the first key outside it comes. Only the
 * folders on the way to the last object are open.
 *
 * A folder with more entries than MOST_ENTRIES becomes parts. Where one ends is decided by the hash of a name, not by
 * counting: an object that comes or goes changes the part it lies in and leaves the others, and their trees, as they
 * were. So memory is bounded, and so is what a run over a changed folder writes.
 */

/// The tree of a bucket, made from its objects in the order of their keys. Belongs to one thread.
final class BucketTree {
    /// A folder with more entries is divided.
    static final int MOST_ENTRIES = 5000;

    private static final int LEAST_IN_PART = 256;
    private static final int MOST_IN_PART = 4096;
    /// One name in so many ends a part.
    private static final int PART_MASK = 1023;

    private static final NodeTime NEVER = ObjectNodes.time(Instant.EPOCH);

    private final ObjectNodes nodes;
    private final BlobWriter.Session session;
    private final ArrayDeque<Folder> open = new ArrayDeque<>();
    private long freshFolders;
    private long knownFolders;

    BucketTree(ObjectNodes nodes, BlobWriter.Session session) {
        this.nodes = nodes;
        this.session = session;
        open.push(new Folder(KeyNames.EMPTY));
    }

    /// @param names  as [KeyNames#split] gives them, of a key behind all before
    /// @param object its name may differ from the last of `names`
    void add(List<RawName> names, Node object) {
        List<RawName> folders = names.subList(0, names.size() - 1);
        int common = common(folders);
        while (open.size() - 1 > common) {
            close();
        }
        for (RawName name : folders.subList(common, folders.size())) {
            open.push(new Folder(name));
        }
        top().add(ObjectNodes.changed(object, names.getLast(), object.extendedAttributes()));
    }

    private int common(List<RawName> folders) {
        int common = 0;
        var inside = open.descendingIterator();
        inside.next();
        while (inside.hasNext() && common < folders.size() && inside.next().name.equals(folders.get(common))) {
            common++;
        }
        return common;
    }

    private Folder top() {
        return open.element();
    }

    private void close() {
        Folder closed = open.pop();
        top().add(closed.finish());
    }

    /// The folder of the whole bucket, under a name. Call once, at the end.
    Node finish(RawName name) {
        while (open.size() > 1) {
            close();
        }
        return ObjectNodes.changed(open.pop().finish(), name, List.of());
    }

    /// The tree of a snapshot that holds what was added so far. More may be added afterwards.
    ///
    /// @param name of the folder of the whole bucket
    ObjectId soFar(RawName name) {
        Node inner = null;
        for (Folder folder : open) {
            inner = folder.soFar(inner);
        }
        return save(List.of(ObjectNodes.changed(Objects.requireNonNull(inner), name, List.of())));
    }

    /// The tree that holds this one folder, as snapshots have it.
    ObjectId root(Node folder) {
        return save(List.of(folder));
    }

    /// Trees that were stored.
    long freshFolders() {
        return freshFolders;
    }

    /// Trees the repository had.
    long knownFolders() {
        return knownFolders;
    }

    private ObjectId save(List<Node> entries) {
        byte[] encoded = TreeCodec.encode(entries);
        BlobWriter.Saved saved = session.save(BlobType.TREE, encoded, 0, encoded.length);
        if (saved.fresh()) {
            freshFolders++;
        } else {
            knownFolders++;
        }
        return saved.id();
    }

    /// Names are unique among objects and among folders, but both may have the same.
    static List<Node> ordered(List<Node> entries) {
        Set<RawName> folders = new HashSet<>();
        for (Node entry : entries) {
            if (entry.type() == NodeType.DIR) {
                folders.add(entry.name());
            }
        }
        List<Node> ordered = new ArrayList<>(entries.size());
        for (Node entry : entries) {
            boolean clash = entry.type() != NodeType.DIR && folders.contains(entry.name());
            ordered.add(
                    clash
                            ? ObjectNodes.changed(
                                    entry, KeyNames.besideFolder(entry.name()), entry.extendedAttributes())
                            : entry);
        }
        ordered.sort(Comparator.comparing(Node::name));
        return ordered;
    }

    private final class Folder {
        private final RawName name;
        private List<Node> entries = new ArrayList<>();
        private @Nullable List<Node> parts;
        private NodeTime newest = NEVER;

        Folder(RawName name) {
            this.name = name;
        }

        void add(Node entry) {
            entries.add(entry);
            if (parts != null) {
                endPartIfDue();
            } else if (entries.size() > MOST_ENTRIES) {
                divide();
            }
        }

        private void divide() {
            parts = new ArrayList<>();
            List<Node> all = entries;
            entries = new ArrayList<>();
            for (Node entry : all) {
                entries.add(entry);
                endPartIfDue();
            }
        }

        private void endPartIfDue() {
            int size = entries.size();
            boolean due = size >= MOST_IN_PART
                    || (size >= LEAST_IN_PART && (mixed(entries.getLast().name()) & PART_MASK) == 0);
            if (due) {
                endPart();
            }
        }

        /// The same in every run and version.
        private static int mixed(RawName name) {
            int hash = name.hashCode() * 0x9E3779B9;
            return hash ^ hash >>> 15;
        }

        private void endPart() {
            List<Node> ended = parts;
            if (ended != null) {
                NodeTime time = newest(entries);
                ended.add(nodes.folder(KeyNames.part(ended.size() + 1), time, save(ordered(entries))));
                newest = later(newest, time);
                entries = new ArrayList<>();
            }
        }

        Node finish() {
            List<Node> divided = parts;
            if (divided == null) {
                return nodes.folder(name, newest(entries), save(ordered(entries)));
            }
            if (!entries.isEmpty()) {
                endPart();
            }
            return nodes.folder(name, newest, save(divided));
        }

        /// @param inner the one folder in it that is not finished; null if there is none
        Node soFar(@Nullable Node inner) {
            List<Node> had = new ArrayList<>(entries);
            if (inner != null) {
                had.add(inner);
            }
            NodeTime time = later(newest, newest(had));
            List<Node> divided = parts;
            if (divided == null) {
                return nodes.folder(name, time, save(ordered(had)));
            }
            List<Node> all = new ArrayList<>(divided);
            if (!had.isEmpty()) {
                all.add(nodes.folder(KeyNames.part(all.size() + 1), time, save(ordered(had))));
            }
            return nodes.folder(name, time, save(all));
        }

        private static NodeTime newest(List<Node> entries) {
            NodeTime newest = NEVER;
            for (Node entry : entries) {
                newest = later(newest, entry.mtime());
            }
            return newest;
        }

        private static NodeTime later(NodeTime a, NodeTime b) {
            return ObjectNodes.instant(a).isBefore(ObjectNodes.instant(b)) ? b : a;
        }
    }
}
