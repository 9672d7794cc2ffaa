package dev.reprise.base;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/// A value that must never reach a log, a process list, a manifest or an error message.
///
/// Holds its own copy of the bytes; [#close()] wipes it.
public final class Secret implements AutoCloseable {
    private final byte[] value;

    private Secret(byte[] value) {
        this.value = value;
    }

    /// Takes the text as UTF-8, unchanged.
    public static Secret of(String text) {
        return new Secret(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Copies the bytes; the caller may wipe its own.
    public static Secret of(byte[] bytes) {
        return new Secret(bytes.clone());
    }

    /// A copy for one use; the caller wipes it.
    public byte[] bytes() {
        return value.clone();
    }

    /// For interfaces that only take text. The text cannot be wiped, so use it at the last moment.
    public String reveal() {
        return new String(value, StandardCharsets.UTF_8);
    }

    public boolean isEmpty() {
        return value.length == 0;
    }

    @Override
    public void close() {
        Arrays.fill(value, (byte) 0);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && MessageDigest.isEqual(value, secret.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "(secret)";
    }
}
