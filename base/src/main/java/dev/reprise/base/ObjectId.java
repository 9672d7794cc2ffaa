package dev.reprise.base;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// A SHA-256 value naming a stored object or a blob: 32 bytes, kept as four big-endian words.
///
/// Ordered by its bytes, unsigned, which is also the order of its 64 lower-case hexadecimal digits.
public record ObjectId(long w0, long w1, long w2, long w3) implements Comparable<ObjectId> {
    public static final int BYTES = 32;
    /// 64 zeros: "no id". An error wherever a real reference is needed.
    public static final ObjectId NULL = new ObjectId(0, 0, 0, 0);

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final HexFormat HEX = HexFormat.of();

    /// Reads 32 bytes at `offset`.
    public static ObjectId of(byte[] bytes, int offset) {
        return new ObjectId(
                (long) WORD.get(bytes, offset),
                (long) WORD.get(bytes, offset + 8),
                (long) WORD.get(bytes, offset + 16),
                (long) WORD.get(bytes, offset + 24));
    }

    /// The SHA-256 of a range of bytes.
    public static ObjectId hash(byte[] bytes, int offset, int length) {
        MessageDigest digest = newDigest();
        digest.update(bytes, offset, length);
        return of(digest.digest(), 0);
    }

    public static ObjectId hash(byte[] bytes) {
        return hash(bytes, 0, bytes.length);
    }

    /// A fresh SHA-256, for hashing in pieces.
    public static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK has no SHA-256", e);
        }
    }

    // Written out: the methods Java makes for a record cost every short command their first use.
    @Override
    public boolean equals(Object other) {
        return other instanceof ObjectId id && w0 == id.w0 && w1 == id.w1 && w2 == id.w2 && w3 == id.w3;
    }

    /// True for exactly 64 lower-case hexadecimal digits: what a stored object's name must look like.
    public static boolean isName(String text) {
        if (text.length() != 2 * BYTES) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean digit = c >= '0' && c <= '9';
            if (!digit && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /// @throws IllegalArgumentException if the text is not 64 lower-case hexadecimal digits; repeats the text
    public static ObjectId parse(String hex) {
        if (!isName(hex)) {
            throw new IllegalArgumentException("not an id (expected 64 lower-case hex digits): " + hex);
        }
        return of(HEX.parseHex(hex), 0);
    }

    public void writeTo(byte[] target, int offset) {
        WORD.set(target, offset, w0);
        WORD.set(target, offset + 8, w1);
        WORD.set(target, offset + 16, w2);
        WORD.set(target, offset + 24, w3);
    }

    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        writeTo(bytes, 0);
        return bytes;
    }

    public String hex() {
        return HEX.formatHex(bytes());
    }

    /// The first 8 hexadecimal digits: how ids are shown to people.
    public String shortHex() {
        return HEX.toHexDigits(w0).substring(0, 8);
    }

    public boolean isNull() {
        return (w0 | w1 | w2 | w3) == 0;
    }

    @Override
    public int hashCode() {
        return (int) (w0 >>> 32) ^ (int) w1;
    }

    @Override
    public int compareTo(ObjectId other) {
        int order = Long.compareUnsigned(w0, other.w0);
        if (order == 0) {
            order = Long.compareUnsigned(w1, other.w1);
        }
        if (order == 0) {
            order = Long.compareUnsigned(w2, other.w2);
        }
        return order != 0 ? order : Long.compareUnsigned(w3, other.w3);
    }

    @Override
    public String toString() {
        return hex();
    }
}
