package dev.reprise.repository.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals and opens units of bytes under one key set. Not thread-safe: one per thread, ciphers are reused.
public final class Sealer {
    /// Bytes added to the plaintext: IV (16) and MAC (16).
    public static final int OVERHEAD = 32;
    /// Where the ciphertext starts in a sealed unit.
    public static final int IV_BYTES = 16;

    /// One long call would run in the interpreter's slow cipher loop until it returns; slices let the intrinsic in.
    private static final int SLICE_BYTES = 16 * 1024;
    /// IVs drawn at a time: the random source is shared and locks.
    private static final int IVS_DRAWN = 64;

    private final SecureRandom random;
    private final SecretKeySpec encryptKey;
    private final Cipher counterMode;
    private final Cipher nonceCipher;
    private final Tagger tagger;
    private final byte[] iv = new byte[IV_BYTES];
    private final byte[] nonce = new byte[IV_BYTES];
    private final byte[] expected = new byte[Tagger.TAG_BYTES];
    private final byte[] found = new byte[Tagger.TAG_BYTES];
    private final byte[] drawn = new byte[IVS_DRAWN * IV_BYTES];
    private int drawnUsed = drawn.length;

    /// @throws IllegalStateException if the keys were wiped
    public Sealer(KeySet keys, SecureRandom random) {
        this.random = random;
        byte[] encrypt = keys.encrypt();
        encryptKey = new SecretKeySpec(encrypt, "AES");
        tagger = Tagger.of(keys.macR());
        try {
            counterMode = Cipher.getInstance("AES/CTR/NoPadding");
            nonceCipher = Cipher.getInstance("AES/ECB/NoPadding");
            nonceCipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(keys.macK(), "AES"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK has no AES", e);
        }
    }

    /// Seals `length` bytes of `plain` into `out`. In place works when the plaintext lies at `outOffset + IV_BYTES` of
    /// the same array, or later; from 32 bytes later on it costs less (see [#open]).
    ///
    /// @return sealed length, `length + OVERHEAD`
    public int seal(byte[] plain, int offset, int length, byte[] out, int outOffset) {
        Objects.checkFromIndexSize(offset, length, plain.length);
        int sealed = Math.addExact(length, OVERHEAD);
        Objects.checkFromIndexSize(outOffset, sealed, out.length);
        drawIv();
        int body = outOffset + IV_BYTES;
        crypt(plain, offset, length, out, body);
        System.arraycopy(iv, 0, out, outOffset, IV_BYTES);
        tagger.tag(out, body, length, encryptedNonce(), out, body + length);
        return sealed;
    }

    /// Checks the MAC in constant time, then decrypts. In place works when `out` is `sealed` and `outOffset`
    /// is at most `offset + IV_BYTES`. At most `offset - IV_BYTES` costs less: the JDK copies first what would
    /// be overwritten within two blocks of where it is read.
    ///
    /// @return plaintext length, `length - OVERHEAD`
    /// @throws ForgedException if the unit is shorter than 32 bytes or its MAC does not match; nothing is written
    public int open(byte[] sealed, int offset, int length, byte[] out, int outOffset) throws ForgedException {
        Objects.checkFromIndexSize(offset, length, sealed.length);
        int plain = length - OVERHEAD;
        if (plain < 0) {
            throw new ForgedException("a sealed unit has at least 32 bytes, this one " + length);
        }
        Objects.checkFromIndexSize(outOffset, plain, out.length);
        System.arraycopy(sealed, offset, iv, 0, IV_BYTES);
        if (isZero(iv)) {
            throw new ForgedException("its IV is all zero, which no writer uses");
        }
        int body = offset + IV_BYTES;
        tagger.tag(sealed, body, plain, encryptedNonce(), expected, 0);
        System.arraycopy(sealed, body + plain, found, 0, found.length);
        if (!MessageDigest.isEqual(expected, found)) {
            throw new ForgedException("its authentication code does not match");
        }
        crypt(sealed, body, plain, out, outOffset);
        return plain;
    }

    public byte[] seal(byte[] plain) {
        byte[] out = new byte[Math.addExact(plain.length, OVERHEAD)];
        seal(plain, 0, plain.length, out, 0);
        return out;
    }

    public byte[] open(byte[] sealed) throws ForgedException {
        byte[] out = new byte[Math.max(0, sealed.length - OVERHEAD)];
        open(sealed, 0, sealed.length, out, 0);
        return out;
    }

    /// Counter mode is its own inverse.
    private void crypt(byte[] in, int offset, int length, byte[] out, int outOffset) {
        try {
            counterMode.init(Cipher.ENCRYPT_MODE, encryptKey, new IvParameterSpec(iv));
            for (int done = 0; done < length; done += SLICE_BYTES) {
                int slice = Math.min(SLICE_BYTES, length - done);
                int written = counterMode.update(in, offset + done, slice, out, outOffset + done);
                if (written != slice) {
                    throw new IllegalStateException("counter mode held back " + (slice - written) + " bytes");
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("counter mode refused its input", e);
        }
    }

    private byte[] encryptedNonce() {
        try {
            nonceCipher.doFinal(iv, 0, IV_BYTES, nonce, 0);
            return nonce;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES refused one block", e);
        }
    }

    private void drawIv() {
        do {
            if (drawnUsed == drawn.length) {
                random.nextBytes(drawn);
                drawnUsed = 0;
            }
            System.arraycopy(drawn, drawnUsed, iv, 0, IV_BYTES);
            drawnUsed += IV_BYTES;
        } while (isZero(iv));
    }

    private static boolean isZero(byte[] bytes) {
        int any = 0;
        for (byte b : bytes) {
            any |= b;
        }
        return any == 0;
    }
}
