package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.base.RawName;
import dev.reprise.repository.index.Spread;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Distinct trees in the order they were met, with where that was: some 60 bytes and the name for each, without an
/// object
/// of its own, for repositories with millions of directories. Looking up is safe for many threads while nobody adds.
final class MetTrees {
    private static final int WORDS = 4;

    private final Spread spread = Spread.random();
    private int count;
    private long[] ids = new long[WORDS * 1024];
    /// Number + 1 of the tree whose id leads here; 0 for none. Twice to four times as many as trees.
    private int[] slots = new int[4096];
    private int[] parents = new int[1024];
    private int[] nameEnds = new int[1024];
    private byte[] names = new byte[16 * 1024];

    int size() {
        return count;
    }

    /// @param parent number of the tree around it, -1 for a root
    /// @param name   in that tree; of a root, what to call its snapshot
    /// @return its number: the one it has if it was met before
    int meet(ObjectId tree, int parent, RawName name) {
        int slot = slot(tree);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        reserve(name.length());
        ids[WORDS * count] = tree.w0();
        ids[WORDS * count + 1] = tree.w1();
        ids[WORDS * count + 2] = tree.w2();
        ids[WORDS * count + 3] = tree.w3();
        parents[count] = parent;
        int start = nameStart(count);
        System.arraycopy(name.bytes(), 0, names, start, name.length());
        nameEnds[count] = start + name.length();
        count++;
        slots[slot] = count;
        return count - 1;
    }

    private void reserve(int nameBytes) {
        if (count == parents.length) {
            ids = Arrays.copyOf(ids, 2 * ids.length);
            parents = Arrays.copyOf(parents, 2 * count);
            nameEnds = Arrays.copyOf(nameEnds, 2 * count);
        }
        int wanted = Math.addExact(nameStart(count), nameBytes);
        if (wanted > names.length) {
            names = Arrays.copyOf(names, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(wanted, 2L * names.length)));
        }
    }

    /// Where the tree is in the table, or would be; the table has room for one more.
    private int slot(ObjectId tree) {
        if (2 * count >= slots.length) {
            slots = new int[2 * slots.length];
            for (int number = 0; number < count; number++) {
                slots[probe(get(number))] = number + 1;
            }
        }
        return probe(tree);
    }

    private int probe(ObjectId tree) {
        int slot = (int) (spread.of(tree) >>> 33) & (slots.length - 1);
        while (slots[slot] != 0 && !get(slots[slot] - 1).equals(tree)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    /// @return -1 if it was not met
    int number(ObjectId tree) {
        return slots[probe(tree)] - 1;
    }

    ObjectId get(int number) {
        int at = WORDS * number;
        return new ObjectId(ids[at], ids[at + 1], ids[at + 2], ids[at + 3]);
    }

    /// -1 for a root.
    int parent(int number) {
        return parents[number];
    }

    RawName name(int number) {
        return RawName.of(Arrays.copyOfRange(names, nameStart(number), nameEnds[number]));
    }

    private int nameStart(int number) {
        return number == 0 ? 0 : nameEnds[number - 1];
    }

    List<ObjectId> between(int start, int end) {
        List<ObjectId> trees = new ArrayList<>(end - start);
        for (int number = start; number < end; number++) {
            trees.add(get(number));
        }
        return trees;
    }
}
