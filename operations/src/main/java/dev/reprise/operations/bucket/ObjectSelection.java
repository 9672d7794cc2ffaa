package dev.reprise.operations.bucket;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Which objects of a bucket are meant.
///
/// @param text  a key, or what keys begin with; may end anywhere; empty for all
/// @param whole whether it is one object's whole key
public record ObjectSelection(String text, boolean whole) {
    public static final ObjectSelection ALL = new ObjectSelection("", false);

    boolean holds(byte[] key) {
        byte[] own = text.getBytes(StandardCharsets.UTF_8);
        return whole ? Arrays.equals(own, key) : isPrefix(own, key);
    }

    /// @param key what all keys of a folder begin with
    boolean mayHoldBelow(byte[] key) {
        byte[] own = text.getBytes(StandardCharsets.UTF_8);
        return isPrefix(key, own) || (!whole && isPrefix(own, key));
    }

    private static boolean isPrefix(byte[] prefix, byte[] key) {
        return prefix.length <= key.length && Arrays.equals(prefix, 0, prefix.length, key, 0, prefix.length);
    }
}
