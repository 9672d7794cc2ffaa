package dev.reprise.repository.crypto;

import java.security.SecureRandom;

/// Seals and opens units of bytes under one key set. Not thread-safe: one per thread, ciphers are reused.
public final class Sealer {
    /// Bytes added to the plaintext: IV (16) and MAC (16).
    public static final int OVERHEAD = 32;
    /// Where the ciphertext starts in a sealed unit.
    public static final int IV_BYTES = 16;

    public Sealer(KeySet keys, SecureRandom random) {
        throw new IllegalStateException("not built yet");
    }

    /// Seals `length` bytes of `plain` into `out`. In place works when the plaintext already lies at
    /// `outOffset + IV_BYTES` of the same array.
    ///
    /// @return sealed length, `length + OVERHEAD`
    public int seal(byte[] plain, int offset, int length, byte[] out, int outOffset) {
        throw new IllegalStateException("not built yet");
    }

    /// Checks the MAC in constant time, then decrypts. In place works when `out` is `sealed` and
    /// `outOffset == offset + IV_BYTES`.
    ///
    /// @return plaintext length, `length - OVERHEAD`
    /// @throws ForgedException if the unit is shorter than 32 bytes or its MAC does not match; nothing is written
    public int open(byte[] sealed, int offset, int length, byte[] out, int outOffset) throws ForgedException {
        throw new IllegalStateException("not built yet");
    }

    public byte[] seal(byte[] plain) {
        byte[] out = new byte[plain.length + OVERHEAD];
        seal(plain, 0, plain.length, out, 0);
        return out;
    }

    public byte[] open(byte[] sealed) throws ForgedException {
        byte[] out = new byte[Math.max(0, sealed.length - OVERHEAD)];
        open(sealed, 0, sealed.length, out, 0);
        return out;
    }
}
