package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;
import java.util.Arrays;

/// Gives packs small numbers: 40 bytes each. Belongs to one thread while it grows, then safe for many.
final class PackTable {
    private long[] words = new long[4 * 256];
    /// Open addressing: number + 1, or 0 for a free slot.
    private int[] slots = new int[1024];
    private int size;

    int size() {
        return size;
    }

    ObjectId id(int number) {
        int at = 4 * number;
        return new ObjectId(words[at], words[at + 1], words[at + 2], words[at + 3]);
    }

    /// @return -1 if it has none
    int find(ObjectId id) {
        int slot = slot(id);
        return slots[slot] - 1;
    }

    /// The pack's number, given now if it has none.
    int number(ObjectId id) {
        int slot = slot(id);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        if (4 * size == words.length) {
            words = Arrays.copyOf(words, words.length + (words.length >> 1) / 4 * 4);
        }
        words[4 * size] = id.w0();
        words[4 * size + 1] = id.w1();
        words[4 * size + 2] = id.w2();
        words[4 * size + 3] = id.w3();
        slots[slot] = ++size;
        if (size > slots.length / 2) {
            rehash();
        }
        return size - 1;
    }

    private void rehash() {
        slots = new int[2 * slots.length];
        for (int number = 0; number < size; number++) {
            slots[slot(id(number))] = number + 1;
        }
    }

    /// The pack's slot, or the free one it would take.
    private int slot(ObjectId id) {
        long mixed = (id.w0() ^ Long.rotateLeft(id.w3(), 32)) * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 33) & (slots.length - 1);
        while (slots[slot] != 0 && !id(slots[slot] - 1).equals(id)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }
}
