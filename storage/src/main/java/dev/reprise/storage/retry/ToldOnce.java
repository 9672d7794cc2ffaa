package dev.reprise.storage.retry;

import dev.reprise.storage.ObjectType;
import dev.reprise.storage.Storage.StoredObject;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Passes every object of a listing on once, however often it is told of it. Takes about 50 bytes
/// for each.
final class ToldOnce implements Consumer<StoredObject> {
    /// Of a name: four times 16 hex digits.
    private static final int WORDS = 4;

    private final Consumer<StoredObject> consumer;
    /// Names without a gap between them in an open hash table; all zeros is a free slot.
    private long[] table = new long[64 * WORDS];
    private int count;
    private boolean zero;
    private @Nullable RuntimeException own;

    ToldOnce(Consumer<StoredObject> consumer) {
        this.consumer = consumer;
    }

    @Override
    public void accept(StoredObject object) {
        if (!isNew(object)) {
            return;
        }
        try {
            consumer.accept(object);
        } catch (RuntimeException e) {
            own = e;
            throw e;
        }
    }

    /// The consumer's own failure is no reason to list again.
    void rethrowOwn() {
        if (own != null) {
            throw new CallersFailure(own);
        }
    }

    private boolean isNew(StoredObject object) {
        if (object.key().type() == ObjectType.CONFIG) {
            return addZero();
        }
        String name = object.key().name();
        long[] words = new long[WORDS];
        for (int i = 0; i < WORDS; i++) {
            words[i] = Long.parseUnsignedLong(name, 16 * i, 16 * i + 16, 16);
        }
        if ((words[0] | words[1] | words[2] | words[3]) == 0) {
            return addZero();
        }
        if (2L * count * WORDS >= table.length) {
            grow();
        }
        return add(words);
    }

    private boolean addZero() {
        boolean before = zero;
        zero = true;
        return !before;
    }

    private boolean add(long[] words) {
        int slots = table.length / WORDS;
        int slot = (int) Long.remainderUnsigned(words[0] ^ words[3] * 0x9E3779B97F4A7C15L, slots);
        while (true) {
            int at = slot * WORDS;
            if (Arrays.equals(table, at, at + WORDS, words, 0, WORDS)) {
                return false;
            }
            if ((table[at] | table[at + 1] | table[at + 2] | table[at + 3]) == 0) {
                System.arraycopy(words, 0, table, at, WORDS);
                count++;
                return true;
            }
            slot = slot + 1 == slots ? 0 : slot + 1;
        }
    }

    private void grow() {
        long[] old = table;
        table = new long[Math.multiplyExact(old.length, 2)];
        count = 0;
        for (int at = 0; at < old.length; at += WORDS) {
            if ((old[at] | old[at + 1] | old[at + 2] | old[at + 3]) != 0) {
                add(Arrays.copyOfRange(old, at, at + WORDS));
            }
        }
    }
}
