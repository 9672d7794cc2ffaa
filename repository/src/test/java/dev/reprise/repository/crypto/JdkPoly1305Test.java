package dev.reprise.repository.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.junit.jupiter.api.Test;

class JdkPoly1305Test {
    @Test
    void this_jdk_has_the_class_and_the_build_opens_it() {
        assertThat(JdkPoly1305.isUsable()).isTrue();
        assertThat(Tagger.of(new byte[16])).isInstanceOf(JdkPoly1305.class);
    }

    @Test
    void every_length_up_to_600_agrees_with_an_independent_implementation() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int length = 0; length <= 600; length++) {
            compare(random, length, seed);
        }
    }

    /// Enough calls for the compiled body with its vector instructions to be the one that is tested.
    @Test
    void compiled_it_still_agrees() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] r = bytes(random, 16);
        var tagger = new JdkPoly1305(r);
        for (int i = 0; i < 20_000; i++) {
            byte[] message = bytes(random, random.nextInt(i % 10 == 0 ? 20_000 : 600));
            byte[] s = bytes(random, 16);
            byte[] tag = new byte[16];
            tagger.tag(message, 0, message.length, s, tag, 0);
            assertThat(tag).as("seed %d, message %d", seed, i).isEqualTo(oracle(r, s, message, 0, message.length));
        }
    }

    private static void compare(Random random, int length, long seed) {
        byte[] r = bytes(random, 16);
        byte[] s = bytes(random, 16);
        int offset = random.nextInt(40);
        byte[] message = bytes(random, offset + length + 5);
        byte[] tag = new byte[20];
        new JdkPoly1305(r).tag(message, offset, length, s, tag, 3);
        assertThat(Arrays.copyOfRange(tag, 3, 19))
                .as("seed %d, %d bytes", seed, length)
                .isEqualTo(oracle(r, s, message, offset, length));
    }

    private static byte[] oracle(byte[] r, byte[] s, byte[] message, int offset, int length) {
        byte[] key = Arrays.copyOf(r, 32);
        System.arraycopy(s, 0, key, 16, 16);
        var mac = new Poly1305();
        mac.init(new KeyParameter(key));
        mac.update(message, offset, length);
        byte[] tag = new byte[16];
        mac.doFinal(tag, 0);
        return tag;
    }

    /// Often full of ones, where carries happen.
    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        if (random.nextInt(4) == 0) {
            Arrays.fill(bytes, (byte) 0xff);
        } else {
            random.nextBytes(bytes);
        }
        return bytes;
    }
}
