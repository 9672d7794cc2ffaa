package dev.reprise.operations.bucket;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The ETag that most stores give an object when we put it back: the MD5 of its bytes, or, in parts, the MD5 of their
/// MD5s and how many they are. Known beforehand, it tells from a mere listing whether an object is there already.
/// Belongs to one thread.
final class UploadEtag {
    /// Sent in one request up to here.
    static final long LARGEST_SINGLE = 16L << 20;

    private static final int MOST_PARTS = 10_000;
    private static final long MEBIBYTE = 1L << 20;

    private final long partBytes;
    private final MessageDigest part = md5();
    private final MessageDigest whole = md5();
    private long inPart;
    private int parts;

    /// @param size of the object in bytes
    UploadEtag(long size) {
        this.partBytes = size <= LARGEST_SINGLE ? Long.MAX_VALUE : partBytes(size);
    }

    /// How large its parts are: 16 MiB, or whole MiB so that they are few enough.
    static long partBytes(long size) {
        long least = Math.ceilDiv(size, MOST_PARTS);
        return Math.max(LARGEST_SINGLE, Math.ceilDiv(least, MEBIBYTE) * MEBIBYTE);
    }

    void update(byte[] bytes, int offset, int length) {
        int from = offset;
        int left = length;
        while (left > 0) {
            int count = (int) Math.min(left, partBytes - inPart);
            part.update(bytes, from, count);
            inPart += count;
            from += count;
            left -= count;
            if (inPart == partBytes) {
                endPart();
            }
        }
    }

    private void endPart() {
        whole.update(part.digest());
        parts++;
        inPart = 0;
    }

    /// Call once, at the end.
    String text() {
        if (partBytes == Long.MAX_VALUE) {
            return HexFormat.of().formatHex(part.digest());
        }
        if (inPart > 0) {
            endPart();
        }
        return HexFormat.of().formatHex(whole.digest()) + "-" + parts;
    }

    private static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }
}
