package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;

/// Finds the first group of a pack in a log by the pack's id: a hash table of pack numbers. Belongs to one thread.
final class PackNumbers {
    private final EntryLog log;
    private final Spread spread;
    /// Open addressing: number + 1, or 0 for a free slot.
    private int[] slots = new int[64];
    private int used;

    PackNumbers(EntryLog log, Spread spread) {
        this.log = log;
        this.spread = spread;
    }

    boolean isEmpty() {
        return used == 0;
    }

    /// @return -1 if the pack is not known
    int find(ObjectId pack) {
        for (int slot = slot(pack); slots[slot] != 0; slot = next(slot)) {
            if (log.pack(slots[slot] - 1).equals(pack)) {
                return slots[slot] - 1;
            }
        }
        return -1;
    }

    /// Adds a pack that is not known yet.
    void add(int number) {
        if (++used > slots.length / 2) {
            int[] old = slots;
            slots = new int[Math.multiplyExact(2, old.length)];
            for (int value : old) {
                if (value != 0) {
                    insert(value);
                }
            }
        }
        insert(number + 1);
    }

    private void insert(int value) {
        int slot = slot(log.pack(value - 1));
        while (slots[slot] != 0) {
            slot = next(slot);
        }
        slots[slot] = value;
    }

    private int slot(ObjectId pack) {
        return (int) (spread.of(pack) >>> 32) & (slots.length - 1);
    }

    private int next(int slot) {
        return (slot + 1) & (slots.length - 1);
    }
}
