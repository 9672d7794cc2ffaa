package dev.reprise.serve;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/// Passwords as `htpasswd -B` stores them: bcrypt (Provos and Mazières, 1999), in its forms `$2a$`, `$2b$` and `$2y$`,
/// which are the same for passwords as they occur. Here to save eight megabytes of library for a hundred lines.
final class Bcrypt {
    private static final String ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private static final int SALT_BYTES = 16;
    private static final int SALT_CHARACTERS = 22;
    private static final int HASH_BYTES = 23;
    private static final int MOST_PASSWORD_BYTES = 72;
    private static final int ROUNDS = 16;
    private static final int BOXES = 4 * 256;
    /// Of a hash: `$2y$10$` and 53 characters.
    private static final int LENGTH = 60;

    /// Minutes of work for one password are a mistake or an attack.
    private static final int HIGHEST_COST = 16;

    private static final int LOWEST_COST = 4;

    /// Blowfish starts with the first digits of pi's fraction: 18 words of subkeys, then the four boxes.
    private static final int[] PI = piFraction(ROUNDS + 2 + BOXES);

    private final int[] keys = Arrays.copyOf(PI, ROUNDS + 2);
    private final int[] boxes = Arrays.copyOfRange(PI, ROUNDS + 2, PI.length);

    private Bcrypt() {}

    /// Whether this is a hash this class can check.
    static boolean isHash(String text) {
        if (text.length() != LENGTH || !text.matches("\\$2[aby]\\$[0-9]{2}\\$[./A-Za-z0-9]{53}")) {
            return false;
        }
        int cost = cost(text);
        return cost >= LOWEST_COST && cost <= HIGHEST_COST;
    }

    private static int cost(String hash) {
        return Integer.parseInt(hash.substring(4, 6));
    }

    /// Takes about 50 ms at cost 10, twice as long at each higher one.
    ///
    /// @param hash one [#isHash] accepts
    static boolean matches(String hash, String password) {
        byte[] salt = decode(hash.substring(7, 7 + SALT_CHARACTERS), SALT_BYTES);
        byte[] expected = decode(hash.substring(7 + SALT_CHARACTERS), HASH_BYTES);
        return MessageDigest.isEqual(expected, digest(key(password), salt, cost(hash)));
    }

    /// The password with a zero byte behind it, at most 72 bytes.
    private static byte[] key(String password) {
        byte[] bytes = password.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, Math.min(bytes.length + 1, MOST_PASSWORD_BYTES));
    }

    private static byte[] digest(byte[] key, byte[] salt, int cost) {
        var state = new Bcrypt();
        state.expand(key, salt);
        byte[] none = new byte[SALT_BYTES];
        for (long i = 0; i < 1L << cost; i++) {
            state.expand(key, none);
            state.expand(salt, none);
        }
        return state.encrypted();
    }

    private void expand(byte[] key, byte[] salt) {
        for (int i = 0, at = 0; i < keys.length; i++) {
            int word = 0;
            for (int j = 0; j < 4; j++, at = (at + 1) % key.length) {
                word = (word << 8) | (key[at] & 0xff);
            }
            keys[i] ^= word;
        }
        int[] salts = words(salt);
        int[] block = new int[2];
        int turn = 0;
        for (int i = 0; i < keys.length; i += 2, turn += 2) {
            next(block, salts, turn);
            keys[i] = block[0];
            keys[i + 1] = block[1];
        }
        for (int i = 0; i < BOXES; i += 2, turn += 2) {
            next(block, salts, turn);
            boxes[i] = block[0];
            boxes[i + 1] = block[1];
        }
    }

    private void next(int[] block, int[] salts, int turn) {
        block[0] ^= salts[turn & 3];
        block[1] ^= salts[(turn + 1) & 3];
        encrypt(block, 0);
    }

    /// One block of two words in place.
    private void encrypt(int[] block, int at) {
        int left = block[at];
        int right = block[at + 1];
        for (int i = 0; i < ROUNDS; i += 2) {
            left ^= keys[i];
            right ^= scramble(left);
            right ^= keys[i + 1];
            left ^= scramble(right);
        }
        block[at] = right ^ keys[ROUNDS + 1];
        block[at + 1] = left ^ keys[ROUNDS];
    }

    private int scramble(int word) {
        int sum = boxes[word >>> 24] + boxes[256 + (word >>> 16 & 0xff)];
        return (sum ^ boxes[512 + (word >>> 8 & 0xff)]) + boxes[768 + (word & 0xff)];
    }

    private byte[] encrypted() {
        int[] text = words("OrpheanBeholderScryDoubt".getBytes(StandardCharsets.US_ASCII));
        for (int at = 0; at < text.length; at += 2) {
            for (int i = 0; i < 64; i++) {
                encrypt(text, at);
            }
        }
        byte[] bytes = new byte[HASH_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (text[i / 4] >>> (24 - 8 * (i % 4)));
        }
        return bytes;
    }

    private static int[] words(byte[] bytes) {
        int[] words = new int[bytes.length / 4];
        for (int i = 0; i < bytes.length; i++) {
            words[i / 4] = (words[i / 4] << 8) | (bytes[i] & 0xff);
        }
        return words;
    }

    /// bcrypt's own base 64: another alphabet, no padding.
    private static byte[] decode(String text, int length) {
        byte[] bytes = new byte[length];
        int bits = 0;
        int held = 0;
        int at = 0;
        for (int i = 0; i < text.length() && at < length; i++) {
            bits = (bits << 6) | ALPHABET.indexOf(text.charAt(i));
            held += 6;
            if (held >= 8) {
                held -= 8;
                bytes[at++] = (byte) (bits >>> held);
            }
        }
        return bytes;
    }

    /// pi = 16 arctan(1/5) - 4 arctan(1/239) (Machin), in fixed point with 64 bits to spare.
    private static int[] piFraction(int words) {
        int bits = words * 32 + 64;
        BigInteger pi = arctanOfInverse(5, bits)
                .shiftLeft(4)
                .subtract(arctanOfInverse(239, bits).shiftLeft(2));
        BigInteger fraction = pi.subtract(BigInteger.valueOf(3).shiftLeft(bits));
        int[] digits = new int[words];
        for (int i = 0; i < words; i++) {
            digits[i] = fraction.shiftRight(bits - 32 * (i + 1)).intValue();
        }
        return digits;
    }

    private static BigInteger arctanOfInverse(int divisor, int bits) {
        BigInteger square = BigInteger.valueOf((long) divisor * divisor);
        BigInteger power = BigInteger.ONE.shiftLeft(bits).divide(BigInteger.valueOf(divisor));
        BigInteger sum = power;
        for (int i = 3; power.signum() != 0; i += 2) {
            power = power.divide(square).negate();
            sum = sum.add(power.divide(BigInteger.valueOf(i)));
        }
        return sum;
    }
}
