package dev.reprise.repository.crypto;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The 64 bytes that seal and open everything: AES-256 key (32), Poly1305-AES `k` (16) and `r` (16).
///
/// `r` is kept as it was stored; it is clamped only while computing. [#close()] wipes the bytes.
public final class KeySet implements AutoCloseable {
    public static final int BYTES = 64;

    private final byte[] bytes;
    private boolean wiped;

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
        return part(0, 32);
    }

    public byte[] macK() {
        return part(32, 48);
    }

    public byte[] macR() {
        return part(48, 64);
    }

    /// Keys for another purpose: who knows them learns nothing of these, and what is sealed under the ones does not
    /// open
    /// under the others. The expansion step of HKDF (RFC 5869) with HMAC-SHA-512; these keys are uniformly random.
    ///
    /// @param purpose says what for, in ASCII
    public KeySet derived(String purpose) {
        byte[] from = part(0, BYTES);
        try {
            Mac mac = Mac.getInstance("HmacSHA512");
            mac.init(new SecretKeySpec(from, "HmacSHA512"));
            mac.update(purpose.getBytes(StandardCharsets.US_ASCII));
            return new KeySet(mac.doFinal(new byte[] {1}));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no HMAC", e);
        } finally {
            Arrays.fill(from, (byte) 0);
        }
    }

    /// False if one of the three keys is all zero, which restic refuses to use.
    public boolean isUsable() {
        return anySet(encrypt()) && anySet(macK()) && anySet(macR());
    }

    @Override
    public synchronized void close() {
        wiped = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "(key set)";
    }

    private synchronized byte[] part(int from, int to) {
        if (wiped) {
            throw new IllegalStateException("the keys were wiped: the repository is closed");
        }
        return Arrays.copyOfRange(bytes, from, to);
    }

    private static boolean anySet(byte[] key) {
        int any = 0;
        for (byte b : key) {
            any |= b;
        }
        return any != 0;
    }
}
