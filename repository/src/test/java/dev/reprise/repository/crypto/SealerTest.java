package dev.reprise.repository.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SealerTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] base64(String text) {
        return Base64.getDecoder().decode(text);
    }

    private static KeySet keys(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return KeySet.of(all.toByteArray());
    }

    private static Sealer randomSealer(Random random) {
        byte[] bytes = new byte[KeySet.BYTES];
        random.nextBytes(bytes);
        return new Sealer(KeySet.of(bytes), RANDOM);
    }

    @Test
    void a_key_file_of_restic_opens_with_its_user_key() throws ForgedException {
        KeySet user = keys(
                hex("9b3eb74ca9350959c4d393b83db83f97774dcc45b19f884c0275ae1157de33c2"),
                hex("275fe96ce74ccf7d0925935c8409767b"),
                hex("4be748dbbf9892739e08b374b1ea6c5c"));
        byte[] data = base64(
                "jQ1YiIFcKrxh7YpiE5aYbkMy1YA8MWv/VGzVbpsfKK4Pm+bbebSkzAFsTD/6/oU+n3L5JzgE0W2jVcXc7dOrtnHxpSLHFnjm"
                        + "/7pyoHVV4J/BAcr8+sgMld029BGELRJgMopW7wysDvbJ9sy7PGbikPE+mLNqd5osTZoIaUp2azzDka8cxkbNN2R8csFlPIW0"
                        + "IuwMjpTa5+JJIZsbJU8yfw==");
        assertThat(new String(new Sealer(user, RANDOM).open(data), UTF_8))
                .isEqualTo("{\"mac\":{\"k\":\"NbZcRiRQdI/YxiT/uKVSzw==\",\"r\":\"iydpBFh7cgQM1I8GWJ9KDw==\"},"
                        + "\"encrypt\":\"j4YuSRcre2rhDngEXe6M2oaoZVRKhQXspLMWl6LOzFc=\"}");
    }

    @Test
    void a_config_of_restic_opens_with_its_master_key() throws ForgedException {
        KeySet master = keys(
                base64("j4YuSRcre2rhDngEXe6M2oaoZVRKhQXspLMWl6LOzFc="),
                base64("NbZcRiRQdI/YxiT/uKVSzw=="),
                base64("iydpBFh7cgQM1I8GWJ9KDw=="));
        byte[] config =
                hex("7cf33e16314d264aa9a5a4cd530b1c54a82211a7cadc6b1c803146fb9354c2459d9eb2cdc17e7e51631cb9a2c5659319"
                        + "c59ebef06a27f8a233f3ba46fb524580c681f783582fa090e17e4b7f2c51030225899ef0b7892f31e99b2a3c38a93c48"
                        + "8efefdc0f510c189156c4117604c3f4c4b597a583e167c4ce9c6e3ef0c857842d52395100aff0bf29ff77342a1500959"
                        + "6e6f0a728bcc31d117f75c");
        assertThat(new String(new Sealer(master, RANDOM).open(config), UTF_8))
                .isEqualTo("{\"version\":2,\"id\":\"edb67646654633986a5394c05443916f5ecc521f03e770ad4b04c1317f7be1ca\","
                        + "\"chunker_polynomial\":\"22253083f96b27\"}");
    }

    @Test
    void what_is_sealed_opens_again_at_every_small_length_and_across_slices() throws ForgedException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Sealer sealer = randomSealer(random);
        for (int length = 0; length < 100; length++) {
            roundTrip(sealer, random, length);
        }
        for (int length : new int[] {16_383, 16_384, 16_385, 32_768, 100_003}) {
            roundTrip(sealer, random, length);
        }
    }

    private static void roundTrip(Sealer sealer, Random random, int length) throws ForgedException {
        byte[] plain = new byte[length];
        random.nextBytes(plain);
        byte[] sealed = sealer.seal(plain);
        assertThat(sealed).hasSize(length + Sealer.OVERHEAD);
        assertThat(sealer.open(sealed)).isEqualTo(plain);
    }

    @Test
    void units_are_opened_towards_the_start_of_their_array() throws ForgedException {
        Random random = new Random(11);
        Sealer sealer = randomSealer(random);
        for (int i = 0; i < 3000; i++) { // until the compiled loops do it
            byte[] plain = new byte[i < 300 ? i : random.nextInt(70_000)];
            random.nextBytes(plain);
            byte[] buffer = new byte[Sealer.IV_BYTES + plain.length + Sealer.OVERHEAD];
            int sealed = sealer.seal(plain, 0, plain.length, buffer, Sealer.IV_BYTES);

            assertThat(sealer.open(buffer, Sealer.IV_BYTES, sealed, buffer, 0)).isEqualTo(plain.length);

            assertThat(Arrays.equals(buffer, 0, plain.length, plain, 0, plain.length))
                    .as("seed 11, round %d, %d bytes", i, plain.length)
                    .isTrue();
        }
    }

    @Test
    void a_unit_is_sealed_to_before_its_plaintext() throws ForgedException {
        Random random = new Random(13);
        Sealer sealer = randomSealer(random);
        for (int i = 0; i < 200; i++) {
            byte[] plain = new byte[random.nextInt(200_000)];
            random.nextBytes(plain);
            int at = Sealer.IV_BYTES + 32;
            byte[] buffer = new byte[at + plain.length + Sealer.OVERHEAD];
            System.arraycopy(plain, 0, buffer, at, plain.length);

            int sealed = sealer.seal(buffer, at, plain.length, buffer, 0);

            assertThat(Arrays.equals(sealer.open(Arrays.copyOf(buffer, sealed)), plain))
                    .as("seed 13, round %d, %d bytes", i, plain.length)
                    .isTrue();
        }
    }

    @Test
    void units_are_sealed_and_opened_in_place() throws ForgedException {
        Random random = new Random(7);
        Sealer sealer = randomSealer(random);
        byte[] plain = new byte[50_000];
        random.nextBytes(plain);
        byte[] buffer = new byte[3 + Sealer.OVERHEAD + plain.length + 3];
        System.arraycopy(plain, 0, buffer, 3 + Sealer.IV_BYTES, plain.length);

        int sealed = sealer.seal(buffer, 3 + Sealer.IV_BYTES, plain.length, buffer, 3);

        assertThat(sealed).isEqualTo(plain.length + 32);
        assertThat(sealer.open(Arrays.copyOfRange(buffer, 3, 3 + sealed))).isEqualTo(plain);
        assertThat(sealer.open(buffer, 3, sealed, buffer, 3 + Sealer.IV_BYTES)).isEqualTo(plain.length);
        assertThat(Arrays.copyOfRange(buffer, 19, 19 + plain.length)).isEqualTo(plain);
        assertThat(Arrays.copyOf(buffer, 3)).containsOnly(0);
        assertThat(Arrays.copyOfRange(buffer, buffer.length - 3, buffer.length)).containsOnly(0);
    }

    @Test
    void any_flipped_bit_is_noticed_and_nothing_is_written() {
        Random random = new Random(11);
        Sealer sealer = randomSealer(random);
        byte[] sealed = sealer.seal("the only copy".getBytes(UTF_8));
        byte[] out = new byte[sealed.length];
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThatThrownBy(() -> sealer.open(changed, 0, changed.length, out, 0))
                    .as("bit %d", bit)
                    .isInstanceOf(ForgedException.class);
        }
        assertThat(out).containsOnly(0);
    }

    @Test
    void a_unit_cut_short_or_extended_does_not_open() {
        Sealer sealer = randomSealer(new Random(12));
        byte[] sealed = sealer.seal("the only copy".getBytes(UTF_8));
        for (int length = 0; length <= sealed.length + 3; length++) {
            byte[] changed = Arrays.copyOf(sealed, length);
            if (length != sealed.length) {
                assertThatThrownBy(() -> sealer.open(changed)).isInstanceOf(ForgedException.class);
            }
        }
        assertThatThrownBy(() -> sealer.open(new byte[31]))
                .hasMessage("a sealed unit has at least 32 bytes, this one 31");
    }

    @Test
    void another_key_does_not_open_it() {
        byte[] sealed = randomSealer(new Random(1)).seal(new byte[100]);
        assertThatThrownBy(() -> randomSealer(new Random(2)).open(sealed))
                .hasMessage("its authentication code does not match");
    }

    @Test
    void the_counter_wraps_around_its_128_bits() throws ForgedException {
        byte[] bytes = new byte[KeySet.BYTES];
        Arrays.fill(bytes, (byte) 3);
        SecureRandom allOnes = new FixedRandom((byte) 0xff);
        byte[] sealed = new Sealer(KeySet.of(bytes), allOnes).seal(new byte[64]);
        assertThat(Arrays.copyOf(sealed, 16)).containsOnly(0xff);
        // Block 1 of counter ff…ff is block 0 of counter 00…00: AES of the zero block.
        byte[] zeroBlock = aes(Arrays.copyOf(bytes, 32), new byte[16]);
        assertThat(Arrays.copyOfRange(sealed, 32, 48)).isEqualTo(zeroBlock);
    }

    private static byte[] aes(byte[] key, byte[] block) {
        var engine = org.bouncycastle.crypto.engines.AESEngine.newInstance();
        engine.init(true, new org.bouncycastle.crypto.params.KeyParameter(key));
        byte[] out = new byte[16];
        engine.processBlock(block, 0, out, 0);
        return out;
    }

    @Test
    void an_iv_of_zeros_is_never_used_and_never_accepted() {
        byte[] bytes = new byte[KeySet.BYTES];
        Arrays.fill(bytes, (byte) 3);
        Sealer sealer = new Sealer(KeySet.of(bytes), new FixedRandom((byte) 0) {
            private static final long serialVersionUID = 1;

            @Override
            public void nextBytes(byte[] target) {
                super.nextBytes(target);
                target[target.length - 1] = 1; // only the last IV of a draw is usable
            }
        });
        byte[] sealed = sealer.seal(new byte[5]);
        assertThat(sealed[15]).isEqualTo((byte) 1);
        Arrays.fill(sealed, 0, 16, (byte) 0);
        assertThatThrownBy(() -> sealer.open(sealed)).hasMessage("its IV is all zero, which no writer uses");
    }

    @Test
    void no_iv_is_used_twice() {
        Sealer sealer = randomSealer(new Random(5));
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            assertThat(seen.add(HexFormat.of().formatHex(sealer.seal(new byte[0]), 0, 16)))
                    .isTrue();
        }
    }

    @Test
    void wiped_keys_make_no_sealer() {
        KeySet keys = KeySet.of(new byte[KeySet.BYTES]);
        keys.close();
        assertThatThrownBy(() -> new Sealer(keys, RANDOM)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_key_of_zeros_is_not_usable() {
        byte[] bytes = new byte[KeySet.BYTES];
        Arrays.fill(bytes, (byte) 1);
        assertThat(KeySet.of(bytes).isUsable()).isTrue();
        for (int part : new int[] {0, 32, 48}) {
            byte[] changed = bytes.clone();
            Arrays.fill(changed, part, part == 0 ? 32 : part + 16, (byte) 0);
            assertThat(KeySet.of(changed).isUsable()).isFalse();
        }
    }

    private static class FixedRandom extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final byte value;

        FixedRandom(byte value) {
            this.value = value;
        }

        @Override
        public void nextBytes(byte[] target) {
            Arrays.fill(target, value);
        }
    }
}
