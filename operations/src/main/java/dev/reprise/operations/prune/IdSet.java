package dev.reprise.operations.prune;

import dev.reprise.base.ObjectId;

/// A set of ids at 64 to 128 bytes each. Not thread-safe.
final class IdSet {
    private long[] words = new long[4 * 1024];
    private int size;
    private boolean hasNull;

    int size() {
        return size + (hasNull ? 1 : 0);
    }

    /// @return false if it was there
    boolean add(ObjectId id) {
        if (id.isNull()) {
            boolean fresh = !hasNull;
            hasNull = true;
            return fresh;
        }
        int at = find(words, id);
        if (!at(words, at).isNull()) {
            return false;
        }
        put(words, at, id);
        if (++size > words.length / 8) {
            grow();
        }
        return true;
    }

    private void grow() {
        long[] larger = new long[Math.multiplyExact(words.length, 2)];
        for (int at = 0; at < words.length; at += 4) {
            ObjectId id = at(words, at);
            if (!id.isNull()) {
                put(larger, find(larger, id), id);
            }
        }
        words = larger;
    }

    /// Where it is, or the free place it would take.
    private static int find(long[] words, ObjectId id) {
        long mixed = (id.w0() ^ Long.rotateLeft(id.w3(), 32)) * 0x9E3779B97F4A7C15L;
        int at = ((int) (mixed >>> 33) << 2) & (words.length - 1);
        while (true) {
            ObjectId there = at(words, at);
            if (there.isNull() || there.equals(id)) {
                return at;
            }
            at = (at + 4) & (words.length - 1);
        }
    }

    private static ObjectId at(long[] words, int at) {
        return new ObjectId(words[at], words[at + 1], words[at + 2], words[at + 3]);
    }

    private static void put(long[] words, int at, ObjectId id) {
        words[at] = id.w0();
        words[at + 1] = id.w1();
        words[at + 2] = id.w2();
        words[at + 3] = id.w3();
    }
}
