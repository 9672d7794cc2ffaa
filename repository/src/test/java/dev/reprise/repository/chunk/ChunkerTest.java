package dev.reprise.repository.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("A chunker")
class ChunkerTest {
    private static final Polynomial RESTIC_TESTS = Polynomial.parse("3da3358b4dc173");
    private static final Polynomial SECOND = Polynomial.parse("2cfb143aab3efb");

    @Test
    void cuts_random_data_as_restic_does() {
        byte[] data = splitMix(10_000_003);
        assertThat(ObjectId.hash(data).hex())
                .isEqualTo("0cc0b1aed0191a556c27368e5af50cfbdf1aac2834ecb55e93f96d9e75ec545a");

        assertThat(chunks(RESTIC_TESTS, data))
                .containsExactly(
                        "2586782 a78ff41dff79af5d70323371c7088e45f1073a38a34ccce52d6b72f3e08a872b",
                        "633802 2ba0ba9271b34b4eb19c7d8a1e99a96d3ee4a8f9bd387983de27b9f54babb08d",
                        "2258979 eb5e6238a8c905a1f3fef8c36b0943a5a041a6ae068d90a37530e075032b54dd",
                        "1712431 87067007f8d2f3feaef39b8968d123c81edecc14c9d3f3438ce7a8fa28812eae",
                        "2808009 c4f299a7826356395174d0fd4af8842ee4d54355184e5ff4db0aaa2f497ff732");
    }

    @Test
    void never_cuts_ones_before_the_maximum() {
        byte[] data = new byte[17 * 1024 * 1024 + 5];
        Arrays.fill(data, (byte) 1);

        assertThat(chunks(RESTIC_TESTS, data))
                .containsExactly(
                        "8388608 bb929bbdce85fdbc903a463e96630a25f8b6ef5b76090e24cd92ea8fb47b2f65",
                        "8388608 bb929bbdce85fdbc903a463e96630a25f8b6ef5b76090e24cd92ea8fb47b2f65",
                        "1048581 66a9250c7a55b9e88cb797120c88e46db558a9d494b1a335503ade0e569a5f45");
    }

    @Test
    void cuts_zeros_at_every_minimum() {
        String zeros = "524288 07854d2fef297a06ba81685e660c332de36d5d18d546927d30daad6d7fda1541";

        assertThat(chunks(RESTIC_TESTS, new byte[2 * 1024 * 1024 + 1000]))
                .containsExactly(
                        zeros,
                        zeros,
                        zeros,
                        zeros,
                        "1000 541b3e9daa09b20bf85fa273e5cbd3e80185aa4ec298e765db87742b70138a53");
    }

    @Test
    void cuts_text_as_restic_does() {
        byte[] data = lines(6_000_000);
        assertThat(ObjectId.hash(data).hex())
                .isEqualTo("b29d8f1f0ff9b433e987ed1b509c91707f82ba597d2d8b21f5312256f010d4e7");

        assertThat(chunks(RESTIC_TESTS, data))
                .containsExactly(
                        "617331 1b039831f926289b8a4251f5672727eca69e2c81914ac58a0236921a587c7611",
                        "857516 75e31fe4995c76925d8b40a3628c1af0aa056ad3311da00db5290194a666f3cf",
                        "525917 b1178e1dfe9dbd199be2897c273a7ff04ad009e2c360d3757c76b5da3aa16aed",
                        "1919956 915cf2970c0c8a3afe2f85d52eb78b6fa524adf1244dc0e6edd1af6712dae675",
                        "943941 63b71d8cc35919e8c731f916fc3c0c91d0ed713c6b454b106637d21bbc7e2e92",
                        "1135339 d44d2070bc1eaa124b9424c081084d4e28e1e449ef403c09f21e08ba78d60f22");
    }

    @Test
    void leaves_a_file_of_the_minimum_in_one_piece() {
        assertThat(chunks(RESTIC_TESTS, splitMix(524_288)))
                .containsExactly("524288 8fcd4fd22459846d2252150471c78a35e4264ad808bca968e5c832433a51314b");
    }

    @Test
    void cuts_elsewhere_under_another_polynomial() {
        byte[] data = splitMix(10_000_003);

        List<String> chunks = chunks(SECOND, data);

        assertThat(lengths(SECOND, data, new Random(0)))
                .containsExactly(2058420, 2079431, 1872254, 1449785, 684354, 1855759);
        assertThat(chunks.getFirst())
                .isEqualTo("2058420 d9d21debc66b0bcf1cc18418271aa70048a92d048a9b3e2900e3d55a3cfb72d2");
        assertThat(chunks.getLast())
                .isEqualTo("1855759 2138eefb5420690b3013d419b1b463ed78bdbf7096f95f97208e13ffbeb3b8cb");
    }

    @Test
    void gives_no_chunk_for_nothing() {
        assertThat(new Chunker(SECOND).cut(new byte[0], 0, 0, 0)).isEqualTo(-1);
    }

    @Test
    void ignores_what_lies_before_the_chunk_and_behind_the_available_bytes() {
        byte[] random = splitMix(10_000_003);
        var chunker = new Chunker(RESTIC_TESTS);

        assertThat(chunker.cut(random, 0, 0, 2_586_781)).isEqualTo(-1);
        assertThat(chunker.cut(random, 0, 0, 2_586_782)).isEqualTo(2_586_782);
        assertThat(chunker.cut(random, 2_586_782, 0, 7_000_000)).isEqualTo(633_802);
    }

    @Test
    void refuses_to_look_outside_the_array() {
        assertThatThrownBy(() -> new Chunker(SECOND).cut(new byte[100], 50, 0, 51))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void agrees_with_the_reference_on_any_data_fed_in_any_pieces(long seed) {
        var random = new Random(seed);
        Polynomial polynomial = Polynomial.random(random);
        byte[] data = mixture(random, 6_000_000 + random.nextInt(4_000_000));

        assertThat(lengths(polynomial, data, random)).isEqualTo(new ReferenceChunker(polynomial).lengths(data));
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(0, 5), new Random().longs(6));
    }

    private static List<String> chunks(Polynomial polynomial, byte[] data) {
        List<String> chunks = new ArrayList<>();
        int start = 0;
        for (int length : lengths(polynomial, data, new Random(7))) {
            chunks.add(length + " " + ObjectId.hash(data, start, length).hex());
            start += length;
        }
        return chunks;
    }

    /// Feeds pieces of random sizes, as reads from a pipe arrive.
    private static List<Integer> lengths(Polynomial polynomial, byte[] data, Random random) {
        var chunker = new Chunker(polynomial);
        List<Integer> lengths = new ArrayList<>();
        int start = 0;
        int arrived = 0;
        int scanned = 0;
        while (start < data.length) {
            int cut = chunker.cut(data, start, scanned, arrived - start);
            if (cut < 0 && arrived < data.length) {
                scanned = arrived - start;
                arrived = Math.min(data.length, arrived + 1 + random.nextInt(1 << random.nextInt(4, 23)));
                continue;
            }
            int length = cut < 0 ? data.length - start : cut;
            lengths.add(length);
            start += length;
            scanned = 0;
        }
        return lengths;
    }

    /// Runs of random bytes, text, zeros and pages like those of a database with free space in them.
    private static byte[] mixture(Random random, int size) {
        byte[] data = new byte[size];
        int at = 0;
        while (at < size) {
            int run = Math.min(size - at, 1 + random.nextInt(3_000_000));
            switch (random.nextInt(4)) {
                case 0 -> fillRandom(random, data, at, run);
                case 1 -> System.arraycopy(lines(run), 0, data, at, run);
                case 2 -> Arrays.fill(data, at, at + run, (byte) random.nextInt(2));
                default -> fillPages(random, data, at, run);
            }
            at += run;
        }
        return data;
    }

    private static void fillRandom(Random random, byte[] data, int at, int run) {
        byte[] bytes = new byte[run];
        random.nextBytes(bytes);
        System.arraycopy(bytes, 0, data, at, run);
    }

    private static void fillPages(Random random, byte[] data, int at, int run) {
        for (int page = 0; page < run; page += 8192) {
            int used = Math.min(run - page, random.nextInt(8192));
            fillRandom(random, data, at + page, used);
        }
    }

    private static byte[] splitMix(int length) {
        byte[] data = new byte[length + 8];
        long state = 42;
        for (int i = 0; i < length; i += 8) {
            state += 0x9E3779B97F4A7C15L;
            long z = state;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            for (int b = 0; b < 8; b++) {
                data[i + b] = (byte) (z >>> (8 * b));
            }
        }
        return Arrays.copyOf(data, length);
    }

    private static byte[] lines(int length) {
        var text = new StringBuilder(length + 32);
        for (int i = 0; text.length() < length; i++) {
            String digits = Integer.toString(i);
            text.append("line ")
                    .repeat("0", 10 - digits.length())
                    .append(digits)
                    .append(" holdfast\n");
        }
        return Arrays.copyOf(text.toString().getBytes(StandardCharsets.US_ASCII), length);
    }
}
