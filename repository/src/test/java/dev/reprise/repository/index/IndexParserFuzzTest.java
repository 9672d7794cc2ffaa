package dev.reprise.repository.index;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.IndexParser.IndexedPack;
import dev.reprise.repository.index.IndexParser.MalformedIndexException;
import dev.reprise.repository.model.BlobType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("The index parser, given a damaged document,")
class IndexParserFuzzTest {
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void refuses_it_or_gives_entries_that_are_possible(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            byte[] damaged = damage(random, document(random));
            try {
                IndexParser.parse(damaged, 2).forEach(IndexParserFuzzTest::assertPossible);
            } catch (MalformedIndexException e) {
                assertThat(e).hasMessageMatching("(?s).+");
            }
        }
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 5), new Random().longs(15));
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void means_the_same_whether_read_compactly_or_as_any_json(long seed) throws MalformedIndexException {
        var random = new Random(seed);
        for (int round = 0; round < 400; round++) {
            byte[] document = document(random);
            assertThat(compact(document, 2)).as("an undamaged document").isNotNull();
            byte[] damaged = damage(random, document);
            int version = 1 + random.nextInt(2);
            List<IndexedPack> compact = compact(damaged, version);
            if (compact != null) {
                assertThat(written(compact)).isEqualTo(written(IndexParser.parseAny(damaged, version)));
            }
        }
    }

    /// One digit at a time, where a wrong one could be taken for a digit.
    @Test
    void takes_no_character_for_a_digit_that_is_none() {
        byte[] document = document(new Random(1));
        int id = new String(document, StandardCharsets.US_ASCII).indexOf("\"id\":\"") + "\"id\":\"".length();
        for (int position = 0; position < 64; position++) {
            for (int value = 0; value < 256; value++) {
                byte[] changed = document.clone();
                changed[id + position] = (byte) value;
                boolean digit = (value >= '0' && value <= '9') || (value >= 'a' && value <= 'f');
                assertThat(compact(changed, 2) != null)
                        .as("character %d at %d", value, position)
                        .isEqualTo(digit);
            }
        }
    }

    private static @Nullable List<IndexedPack> compact(byte[] document, int version) {
        return CompactIndexParser.parse(document, document.length, version, new PackEntries());
    }

    /// Documents are read one after the other into the same memory.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void means_the_same_whatever_the_document_before_it_left_behind(long seed) {
        var random = new Random(seed);
        byte[] memory = new byte[16 * 1024];
        var entries = new PackEntries();
        for (int round = 0; round < 200; round++) {
            byte[] document = random.nextBoolean() ? document(random) : damage(random, document(random));
            byte[] cut = Arrays.copyOf(document, document.length - random.nextInt(Math.min(99, document.length)));
            System.arraycopy(document, 0, memory, 0, document.length); // what is cut off goes on behind the end
            entries.clear();
            assertThat(parsed(memory, cut.length, entries)).isEqualTo(parsed(cut, cut.length, new PackEntries()));
        }
    }

    /// What it says, written again; or what is wrong with it.
    private static String parsed(byte[] in, int length, PackEntries memory) {
        try {
            return new String(written(IndexParser.parse(in, length, 2, memory)), StandardCharsets.US_ASCII);
        } catch (MalformedIndexException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static byte[] written(List<IndexedPack> packs) {
        var encoder = new IndexEncoder();
        packs.forEach(pack -> encoder.add(
                new BlobIndex.PackContent(pack.pack(), pack.entries().locations(pack.pack()))));
        return encoder.finish();
    }

    private static void assertPossible(IndexedPack pack) {
        assertThat(pack.pack().isNull()).isFalse();
        PackEntries entries = pack.entries();
        for (int i = 0; i < entries.size(); i++) {
            assertThat(entries.offset(i)).isBetween(0L, 0xFFFF_FFFFL);
            assertThat(entries.length(i)).isGreaterThanOrEqualTo(32);
            assertThat(entries.location(pack.pack(), i).plainLength()).isNotNegative();
        }
    }

    private static byte[] document(Random random) {
        var encoder = new IndexEncoder();
        for (int pack = random.nextInt(4); pack >= 0; pack--) {
            var entries = new PackEntries();
            for (int blob = random.nextInt(5); blob >= 0; blob--) {
                BlobType type = random.nextBoolean() ? BlobType.DATA : BlobType.TREE;
                entries.add(type, id(random), random.nextInt(1 << 30), 32 + random.nextInt(9999), random.nextInt(2));
            }
            ObjectId id = id(random);
            encoder.add(new BlobIndex.PackContent(id, entries.locations(id)));
        }
        return encoder.finish();
    }

    private static ObjectId id(Random random) {
        return new ObjectId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private static byte[] damage(Random random, byte[] document) {
        byte[] bytes = document.clone();
        for (int hits = random.nextInt(4); hits >= 0; hits--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) "0123456789\"{}[],:-eE.nul\\ \n".charAt(random.nextInt(26));
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                default -> {
                    int length = random.nextInt(bytes.length - at);
                    System.arraycopy(bytes, at, bytes, random.nextInt(bytes.length - length), length);
                }
            }
        }
        return bytes;
    }

    /// The parser must not take what the encoder never wrote for granted: this one document is known to be good.
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void reads_back_what_was_written_when_nothing_is_damaged(long seed) throws MalformedIndexException {
        var random = new Random(seed);
        byte[] document = document(random);

        assertThat(written(IndexParser.parse(document, 2))).isEqualTo(document);
        assertThat(written(IndexParser.parseAny(document, 2))).isEqualTo(document);
    }
}
