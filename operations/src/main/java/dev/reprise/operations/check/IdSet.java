package dev.reprise.operations.check;

import dev.reprise.base.ObjectId;
import dev.reprise.operations.sorting.IdTable;

/// A set of ids that keeps to an [Allowance]. Safe for many threads.
final class IdSet {
    private final IdTable table;
    private volatile int size;

    IdSet(Allowance allowance) {
        table = allowance.ids();
    }

    /// @return false if it was there
    synchronized boolean add(ObjectId id) {
        boolean fresh = table.add(id) == size;
        size = table.size();
        return fresh;
    }

    /// Costs next to nothing while the set is empty.
    boolean contains(ObjectId id) {
        return size > 0 && holds(id);
    }

    private synchronized boolean holds(ObjectId id) {
        return table.number(id) >= 0;
    }
}
