package dev.reprise.operations.sorting;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.Spread;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// Distinct ids with numbers, in the order they came: 8 to 16 bytes each to find them, and the ids
/// themselves in a [ByteLog]. Adding belongs to one thread at a time; looking up is safe for many while
/// nobody adds.
public final class IdTable {
    private static final int FIRST_SLOTS = 256;
    private static final int IDS_AT_A_TIME = 1024;

    private final LongConsumer memory;
    private final Spread spread = Spread.random();
    private final ByteLog ids;
    private int count;
    /// Number + 1 of the id that leads here; 0 for none. Twice to four times as many as ids.
    private int[] slots = new int[FIRST_SLOTS];

    /// @param ids    empty; the caller closes it
    /// @param memory is told how many bytes are about to be taken to find ids, negative when given back; may refuse
    public IdTable(ByteLog ids, LongConsumer memory) {
        this.ids = ids;
        this.memory = memory;
        memory.accept((long) Integer.BYTES * FIRST_SLOTS);
    }

    /// All in memory.
    public static IdTable inMemory() {
        return new IdTable(new ByteLog(Long.MAX_VALUE, Path.of("")), _ -> {});
    }

    public int size() {
        return count;
    }

    /// @return -1 if it is not there
    public int number(ObjectId id) {
        return slots[slot(id)] - 1;
    }

    /// @return its number: the one it has if it was there before, else the number of ids there were
    public int add(ObjectId id) {
        int slot = slot(id);
        if (slots[slot] != 0) {
            return slots[slot] - 1;
        }
        if (2 * (count + 1) > slots.length) {
            grow();
            slot = slot(id);
        }
        ids.add(id.bytes(), 0, ObjectId.BYTES);
        slots[slot] = ++count;
        return count - 1;
    }

    private void grow() {
        int length = Math.multiplyExact(slots.length, 2);
        memory.accept((long) Integer.BYTES * length);
        memory.accept(-(long) Integer.BYTES * slots.length);
        slots = new int[length];
        for (int from = 0; from < count; from += IDS_AT_A_TIME) {
            int number = from;
            for (ObjectId id : between(from, Math.min(count, from + IDS_AT_A_TIME))) {
                slots[freeSlot(id)] = ++number;
            }
        }
    }

    /// In the order they came. Nobody may add meanwhile.
    public void forEach(Consumer<ObjectId> consumer) {
        for (int from = 0; from < count; from += IDS_AT_A_TIME) {
            between(from, Math.min(count, from + IDS_AT_A_TIME)).forEach(consumer);
        }
    }

    /// Where the id is, or would be.
    private int slot(ObjectId id) {
        int slot = start(id);
        while (slots[slot] != 0 && !get(slots[slot] - 1).equals(id)) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private int freeSlot(ObjectId id) {
        int slot = start(id);
        while (slots[slot] != 0) {
            slot = (slot + 1) & (slots.length - 1);
        }
        return slot;
    }

    private int start(ObjectId id) {
        return (int) (spread.of(id) >>> 33) & (slots.length - 1);
    }

    public ObjectId get(int number) {
        byte[] bytes = new byte[ObjectId.BYTES];
        ids.read((long) ObjectId.BYTES * number, bytes, 0, ObjectId.BYTES);
        return ObjectId.of(bytes, 0);
    }

    /// Ids by their numbers.
    ///
    /// @param end number behind the last one
    public List<ObjectId> between(int start, int end) {
        byte[] bytes = new byte[(end - start) * ObjectId.BYTES];
        ids.read((long) ObjectId.BYTES * start, bytes, 0, bytes.length);
        List<ObjectId> found = new ArrayList<>(end - start);
        for (int at = 0; at < bytes.length; at += ObjectId.BYTES) {
            found.add(ObjectId.of(bytes, at));
        }
        return found;
    }
}
