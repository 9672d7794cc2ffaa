package dev.reprise.base;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes of a file name or a path as the system has them: any byte but zero, in no particular encoding.
///
/// Ordered by unsigned bytes, the order of nodes in a tree. A path uses `/`; a single name has none.
public final class RawName implements Comparable<RawName> {
    private final byte[] bytes;

    private RawName(byte[] bytes) {
        this.bytes = bytes;
    }

    /// Copies the bytes.
    public static RawName of(byte[] bytes) {
        return new RawName(bytes.clone());
    }

    public static RawName of(byte[] bytes, int from, int to) {
        return new RawName(Arrays.copyOfRange(bytes, from, to));
    }

    /// The UTF-8 bytes of the text.
    public static RawName of(String text) {
        return new RawName(text.getBytes(StandardCharsets.UTF_8));
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /// Writes the bytes to `target` from `offset` on.
    public void copyTo(byte[] target, int offset) {
        System.arraycopy(bytes, 0, target, offset, bytes.length);
    }

    public int length() {
        return bytes.length;
    }

    public byte at(int index) {
        return bytes[index];
    }

    public boolean isEmpty() {
        return bytes.length == 0;
    }

    /// `this/name`; the root `/` gets no second slash.
    public RawName child(RawName name) {
        boolean slash = bytes.length > 0 && bytes[bytes.length - 1] == '/';
        byte[] joined = Arrays.copyOf(bytes, bytes.length + (slash ? 0 : 1) + name.bytes.length);
        if (!slash) {
            joined[bytes.length] = '/';
        }
        System.arraycopy(name.bytes, 0, joined, joined.length - name.bytes.length, name.bytes.length);
        return new RawName(joined);
    }

    /// True when this is one safe component of a path: not empty, no `/`, no zero byte, neither `.` nor `..`.
    public boolean isPlainName() {
        for (byte b : bytes) {
            if (b == '/' || b == 0) {
                return false;
            }
        }
        boolean dots = bytes.length <= 2 && bytes.length > 0 && bytes[0] == '.' && bytes[bytes.length - 1] == '.';
        return bytes.length > 0 && !dots;
    }

    /// For people: bytes that are not UTF-8 become U+FFFD. Never use it to open a file.
    @Override
    public String toString() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(RawName other) {
        return Arrays.compareUnsigned(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RawName name && Arrays.equals(bytes, name.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
