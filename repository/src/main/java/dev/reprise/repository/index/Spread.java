package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import java.util.concurrent.ThreadLocalRandom;

/// Makes of an id a number spread evenly over 64 bits.
///
/// Ids are hashes, but those of a hostile index or tree need not be. With keys that its author cannot know, no choice
/// of ids
/// puts them all into one bucket.
///
/// @param k0 any number, as the others; different for every table
public record Spread(long k0, long k1, long k2, long k3) {
    public static Spread random() {
        var random = ThreadLocalRandom.current();
        return new Spread(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    public long of(ObjectId id) {
        return of(id.w0(), id.w1(), id.w2(), id.w3());
    }

    long of(long w0, long w1, long w2, long w3) {
        // Both halves of a product of 128 bits depend on every bit of both factors.
        return (folded(w0 ^ k0, w1 ^ k1) ^ folded(w2 ^ k2, w3 ^ k3)) * 0x9E3779B97F4A7C15L;
    }

    private static long folded(long a, long b) {
        return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
    }
}
