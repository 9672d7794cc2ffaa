package dev.reprise.repository.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

class Poly1305Test {
    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static byte[] tag(byte[] r, byte[] s, byte[] message, int offset, int length) {
        byte[] tag = new byte[16];
        new Poly1305(r).tag(message, offset, length, s, tag, 0);
        return tag;
    }

    private static byte[] oracle(byte[] r, byte[] s, byte[] message, int offset, int length) {
        byte[] key = Arrays.copyOf(r, 32);
        System.arraycopy(s, 0, key, 16, 16);
        var mac = new org.bouncycastle.crypto.macs.Poly1305();
        mac.init(new KeyParameter(key));
        mac.update(message, offset, length);
        byte[] tag = new byte[16];
        mac.doFinal(tag, 0);
        return tag;
    }

    @Test
    void the_example_of_rfc_8439() {
        byte[] message = "Cryptographic Forum Research Group".getBytes(US_ASCII);
        assertThat(tag(
                        hex("85d6be7857556d337f4452fe42d506a8"),
                        hex("0103808afb0db2fd4abff6af4149f51b"),
                        message,
                        0,
                        message.length))
                .isEqualTo(hex("a8061dc1305136c6c22b8baf0c0127a9"));
    }

    @Test
    void sums_at_the_edge_of_the_prime_are_reduced() {
        // RFC 8439, appendix A.3, vectors 7 to 11
        byte[] one = hex("01000000000000000000000000000000");
        byte[] two = hex("02000000000000000000000000000000");
        byte[] zero = new byte[16];
        byte[] ones = hex("ffffffffffffffffffffffffffffffff");
        assertThat(tag(two, zero, ones, 0, 16)).isEqualTo(hex("03000000000000000000000000000000"));
        assertThat(tag(two, ones, two, 0, 16)).isEqualTo(hex("03000000000000000000000000000000"));
        byte[] seven = hex("ffffffffffffffffffffffffffffffff f0ffffffffffffffffffffffffffffff"
                + "11000000000000000000000000000000");
        assertThat(tag(one, zero, seven, 0, 48)).isEqualTo(hex("05000000000000000000000000000000"));
        byte[] eight = hex("ffffffffffffffffffffffffffffffff fbfefefefefefefefefefefefefefefe"
                + "01010101010101010101010101010101");
        assertThat(tag(one, zero, eight, 0, 48)).isEqualTo(zero);
        assertThat(tag(two, zero, hex("fdffffffffffffffffffffffffffffff"), 0, 16))
                .isEqualTo(hex("faffffffffffffffffffffffffffffff"));
    }

    @Test
    void every_length_up_to_300_agrees_with_an_independent_implementation() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int length = 0; length <= 300; length++) {
            compare(random, length, seed);
        }
    }

    @Test
    void thousands_of_random_messages_agree_with_an_independent_implementation() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            compare(random, random.nextInt(i % 50 == 0 ? 70_000 : 400), seed);
        }
    }

    /// Keys and messages are often full of ones, where carries happen.
    private static void compare(Random random, int length, long seed) {
        byte[] r = bytes(random, 16);
        byte[] s = bytes(random, 16);
        int offset = random.nextInt(40);
        byte[] message = bytes(random, offset + length + 5);
        assertThat(tag(r, s, message, offset, length))
                .as("seed %d, %d bytes", seed, length)
                .isEqualTo(oracle(r, s, message, offset, length));
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        switch (random.nextInt(4)) {
            case 0 -> Arrays.fill(bytes, (byte) 0xff);
            case 1 -> {
                random.nextBytes(bytes);
                for (int i = 0; i < length; i++) {
                    bytes[i] = (byte) (bytes[i] % 3 == 0 ? 0xff : 0);
                }
            }
            default -> random.nextBytes(bytes);
        }
        return bytes;
    }
}
