package dev.reprise.sources.redis;

import dev.reprise.base.ObjectId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

// The same value may lie in an RDB in several encodings and orders, so digests are taken of what clients see: strings
// and the order of lists and streams as they are; members of sets, hashes and sorted sets in any order, by adding up
// digests of each. Keys of a database are added up the same way.

/// A sum of SHA-256 digests, cut to 128 bits: equal for equal things in any order. Belongs to one thread.
final class ContentDigest {
    private long high;
    private long low;
    private long count;

    /// Hashes parts one after another, each with its length.
    static final class Parts {
        private final MessageDigest sha = ObjectId.newDigest();
        private final ByteBuffer number = ByteBuffer.allocate(Long.BYTES);

        Parts add(byte[] part) {
            add(part.length);
            sha.update(part);
            return this;
        }

        Parts add(long value) {
            sha.update(number.clear().putLong(value).flip());
            return this;
        }

        /// For a part that is too big to hold; its length is to be added by the caller.
        void addPiece(byte[] bytes, int length) {
            sha.update(bytes, 0, length);
        }

        Parts add(ContentDigest sum) {
            return add(sum.high).add(sum.low).add(sum.count);
        }

        byte[] take() {
            return sha.digest();
        }
    }

    void add(byte[] sha) {
        ByteBuffer words = ByteBuffer.wrap(sha);
        long addedHigh = words.getLong();
        long addedLow = words.getLong();
        long sum = low + addedLow;
        high += addedHigh + (Long.compareUnsigned(sum, low) < 0 ? 1 : 0);
        low = sum;
        count++;
    }

    @Override
    public String toString() {
        return "%016x%016x".formatted(high, low);
    }
}
