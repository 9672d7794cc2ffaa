package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.operations.sorting.ByteLog;
import dev.reprise.operations.sorting.IdTable;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/// Distinct trees in the order they were met, with where that was, and which tree names which: some 60
/// bytes and the name for each, without an object of its own, for repositories with millions of
/// directories; 8 to 16 of them must lie in memory. Looking up is safe for many threads while nobody adds.
final class MetTrees {
    private static final int PLACE_BYTES = 16;
    private static final int EDGE_BYTES = 8;
    private static final int EDGES_AT_A_TIME = 4096;

    private final IdTable trees;
    /// Of each tree: its parent's number, where its name begins, and how long that is.
    private final ByteLog places;
    private final ByteLog names;
    /// Pairs of numbers, the tree that names and the one that is named, in the order of the former.
    private final ByteLog edges;

    MetTrees(Allowance allowance) {
        trees = allowance.ids();
        places = allowance.log();
        names = allowance.log();
        edges = allowance.log();
    }

    int size() {
        return trees.size();
    }

    /// @param parent number of the tree around it, -1 for a root
    /// @param name   in that tree; of a root, what to call its snapshot
    /// @return its number: the one it has if it was met before
    int meet(ObjectId tree, int parent, RawName name) {
        int before = trees.size();
        int number = trees.add(tree);
        if (number == before) {
            long start = names.add(name.bytes(), 0, name.length());
            byte[] place = ByteBuffer.allocate(PLACE_BYTES)
                    .putInt(parent)
                    .putLong(start)
                    .putInt(name.length())
                    .array();
            places.add(place, 0, PLACE_BYTES);
        }
        if (parent >= 0) {
            edges.add(
                    ByteBuffer.allocate(EDGE_BYTES)
                            .putInt(parent)
                            .putInt(number)
                            .array(),
                    0,
                    EDGE_BYTES);
        }
        return number;
    }

    /// @return -1 if it was not met
    int number(ObjectId tree) {
        return trees.number(tree);
    }

    /// -1 for a root.
    int parent(int number) {
        return place(number).getInt(0);
    }

    RawName name(int number) {
        ByteBuffer place = place(number);
        byte[] name = new byte[place.getInt(12)];
        names.read(place.getLong(4), name, 0, name.length);
        return RawName.of(name);
    }

    private ByteBuffer place(int number) {
        byte[] place = new byte[PLACE_BYTES];
        places.read((long) PLACE_BYTES * number, place, 0, PLACE_BYTES);
        return ByteBuffer.wrap(place);
    }

    List<ObjectId> between(int start, int end) {
        return trees.between(start, end);
    }

    /// Adds to the given trees everything above them. Most trees have smaller numbers than those they name,
    /// so going through the edges backwards climbs many steps at once; trees that were met before in
    /// another snapshot take another round.
    BitSet above(BitSet below) {
        BitSet reached = (BitSet) below.clone();
        boolean more = !below.isEmpty();
        while (more) {
            more = climb(reached);
        }
        return reached;
    }

    /// @return whether anything was added
    private boolean climb(BitSet reached) {
        boolean added = false;
        byte[] bytes = new byte[EDGES_AT_A_TIME * EDGE_BYTES];
        for (long end = edges.size(); end > 0; end -= bytes.length) {
            int length = (int) Math.min(bytes.length, end);
            edges.read(end - length, bytes, 0, length);
            ByteBuffer pairs = ByteBuffer.wrap(bytes);
            for (int at = length - EDGE_BYTES; at >= 0; at -= EDGE_BYTES) {
                int parent = pairs.getInt(at);
                if (reached.get(pairs.getInt(at + 4)) && !reached.get(parent)) {
                    reached.set(parent);
                    added = true;
                }
            }
        }
        return added;
    }
}
