package dev.reprise.repository.crypto;

import java.util.Arrays;

/// The 64 bytes that seal and open everything: AES-256 key (32), Poly1305-AES `k` (16) and `r` (16).
///
/// `r` is kept as it was stored; it is clamped only while computing. [#close()] wipes the bytes.
public final class KeySet implements AutoCloseable {
    public static final int BYTES = 64;

    private final byte[] bytes;

    private KeySet(byte[] bytes) {
        this.bytes = bytes;
    }

    /// @param bytes exactly 64; copied
    public static KeySet of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a key set has 64 bytes, not " + bytes.length);
        }
        return new KeySet(bytes.clone());
    }

    public byte[] encrypt() {
        return Arrays.copyOfRange(bytes, 0, 32);
    }

    public byte[] macK() {
        return Arrays.copyOfRange(bytes, 32, 48);
    }

    public byte[] macR() {
        return Arrays.copyOfRange(bytes, 48, 64);
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "(key set)";
    }
}
