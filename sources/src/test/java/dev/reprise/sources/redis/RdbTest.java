package dev.reprise.sources.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reprise.sources.FactsLevel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RdbTest {
    /// Bytes as hexadecimal, and text in quotes.
    static byte[] bytes(String... parts) {
        var bytes = new ByteArrayOutputStream();
        for (String part : parts) {
            boolean text = part.startsWith("'");
            bytes.writeBytes(
                    text
                            ? part.substring(1, part.length() - 1).getBytes(StandardCharsets.UTF_8)
                            : HexFormat.of().parseHex(part.replace(" ", "")));
        }
        return bytes.toByteArray();
    }

    /// Content between header and end opcode made whole, with its checksum.
    static byte[] rdb(String header, byte[] content) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(content);
        bytes.write(0xFF);
        var crc = new Crc64();
        crc.update(bytes.toByteArray(), 0, bytes.size());
        bytes.writeBytes(ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(crc.value())
                .array());
        return bytes.toByteArray();
    }

    private static RdbCensus census(String... parts) throws IOException {
        return RdbReader.read(new ByteArrayInputStream(rdb("REDIS0010", bytes(parts))), true);
    }

    private static String digest(String... parts) throws IOException {
        return census(parts).digests().getOrDefault("db0", "");
    }

    private static CheckedRdb checked(byte[] rdb) {
        return new CheckedRdb(new ByteArrayInputStream(rdb), FactsLevel.DIGESTS);
    }

    @Test
    void the_checksum_of_the_check_string_is_the_published_one() {
        byte[] text = "123456789".getBytes(StandardCharsets.US_ASCII);
        var whole = new Crc64();
        whole.update(text, 0, 9);
        assertThat(whole.value()).isEqualTo(0xe9c6d914c4b8d9caL);
        var pieces = new Crc64();
        pieces.update(text, 0, 4);
        pieces.update(text, 4, 5);
        assertThat(pieces.value()).isEqualTo(whole.value());
    }

    @Nested
    class TheSameHash {
        @Test
        void as_table_ziplist_listpack_and_zipmap() throws IOException {
            String table = digest("04 01", "'k'", "02", "01", "'g'", "01", "'x'", "01", "'f'", "c0 0c");
            String zipmap =
                    digest("09 01", "'k'", "0d", "02 01", "'f'", "02 00", "'12'", "01", "'g'", "01 00", "'x'", "ff");
            String ziplist = digest(
                    "0d 01",
                    "'k'",
                    "17",
                    "17000000 13000000 0400",
                    "00 01",
                    "'f'",
                    "03 fe 0c",
                    "03 01",
                    "'g'",
                    "03 01",
                    "'x'",
                    "ff");
            String listpack = digest(
                    "10 01", "'k'", "12", "12000000 0400", "81", "'f'", "02 0c 01 81", "'g'", "02 81", "'x'", "02 ff");
            assertThat(zipmap).isEqualTo(table);
            assertThat(ziplist).isEqualTo(table);
            assertThat(listpack).isEqualTo(table);
        }

        @Test
        void with_expiries_of_fields_as_table_and_listpack() throws IOException {
            // earliest expiry 1000; f expires at 1005, g never
            String table = digest(
                    "18 01", "'k'", "e803000000000000", "02", "06 01", "'f'", "01", "'1'", "00 01", "'g'", "01", "'2'");
            String listpack = digest(
                    "19 01",
                    "'k'",
                    "e803000000000000",
                    "16",
                    "16000000 0600",
                    "81",
                    "'f'",
                    "02 01 01 c3 ed 02 81",
                    "'g'",
                    "02 02 01 00 01 ff");
            assertThat(listpack).isEqualTo(table);
            String other = digest(
                    "18 01", "'k'", "e803000000000000", "02", "07 01", "'f'", "01", "'1'", "00 01", "'g'", "01", "'2'");
            assertThat(other).isNotEqualTo(table);
        }
    }

    @Test
    void a_set_of_numbers_has_one_digest_in_every_encoding() throws IOException {
        String table = digest("02 01", "'k'", "02", "c0 03", "c0 ff");
        String intset = digest("0b 01", "'k'", "0c", "02000000 02000000 ffff 0300");
        String listpack = digest("14 01", "'k'", "0c", "0c000000 0200 03 01 dfff 02 ff");
        assertThat(intset).isEqualTo(table);
        assertThat(listpack).isEqualTo(table);
    }

    @Test
    void a_sorted_set_has_one_digest_in_every_encoding() throws IOException {
        String text = digest("03 01", "'k'", "02 01", "'a'", "03", "'1.5'", "01", "'b'", "fe");
        String binary = digest("05 01", "'k'", "02 01", "'b'", "000000000000f07f", "01", "'a'", "000000000000f83f");
        String listpack = digest(
                "11 01",
                "'k'",
                "17",
                "17000000 0400",
                "81",
                "'a'",
                "02 83",
                "'1.5'",
                "04 81",
                "'b'",
                "02 83",
                "'inf'",
                "04 ff");
        assertThat(binary).isEqualTo(text);
        assertThat(listpack).isEqualTo(text);
    }

    @Test
    void numbers_of_every_width_in_a_ziplist_and_a_listpack_are_read() throws IOException {
        // 1, -3, 1000, 100000, 3000000000 and -5000000000 as list elements
        String plain = digest(
                "01 01",
                "'k'",
                "06 01",
                "'1'",
                "02",
                "'-3'",
                "04",
                "'1000'",
                "06",
                "'100000'",
                "0a",
                "'3000000000'",
                "0b",
                "'-5000000000'");
        byte[] ziplist = bytes(
                "00000000 00000000 0600",
                "00 f2",
                "02 fe fd",
                "03 c0 e803",
                "04 f0 a08601",
                "05 e0 005ed0b200000000",
                "0a e0 000efad5feffffff",
                "ff");
        byte[] listpack = bytes(
                "00000000 0600",
                "01 01",
                "df fd 02",
                "c3 e8 02",
                "f2 a08601 04",
                "f4 005ed0b200000000 09",
                "f4 000efad5feffffff 09",
                "ff");
        assertThat(digest(
                        "0a 01",
                        "'k'",
                        HexFormat.of().toHexDigits((byte) ziplist.length),
                        HexFormat.of().formatHex(ziplist)))
                .isEqualTo(plain);
        assertThat(digest(
                        "12 01",
                        "'k'",
                        "01 02",
                        HexFormat.of().toHexDigits((byte) listpack.length),
                        HexFormat.of().formatHex(listpack)))
                .isEqualTo(plain);
    }

    @Test
    void a_compressed_string_is_the_string() throws IOException {
        // 'a' and a reference that copies it nine times, overlapping
        assertThat(digest("00 01", "'k'", "c3 05 0a 00", "'a'", "e0 00 00"))
                .isEqualTo(digest("00 01", "'k'", "0a", "'aaaaaaaaaa'"));
    }

    @Test
    void keys_are_counted_by_database_type_and_expiry() throws IOException {
        RdbCensus census = census(
                "fa 03",
                "'ver'",
                "05",
                "'7.0.1'", // auxiliary field
                "f5 03",
                "'lib'", // function
                "fe 00 fb 03 01", // database 0 with its sizes
                "00 01",
                "'a'",
                "01",
                "'1'",
                "f9 05", // usage of the next key
                "00 01",
                "'b'",
                "01",
                "'1'",
                "fc e803000000000000", // milliseconds
                "02 01",
                "'c'",
                "01 01",
                "'x'",
                "fe 09 fd 01000000", // database 9, seconds
                "07 01",
                "'m'",
                "81 0102030405060708",
                "02 05 05 02",
                "'ab'",
                "03 00000000 04 0000000000000000 00");
        assertThat(census.counts())
                .containsOnly(
                        Map.entry("functions", 1L),
                        Map.entry("db0", 3L),
                        Map.entry("db0.string", 2L),
                        Map.entry("db0.set", 1L),
                        Map.entry("db0.set.expires", 1L),
                        Map.entry("db0.expires", 1L),
                        Map.entry("db0.persistent", 2L),
                        Map.entry("db9", 1L),
                        Map.entry("db9.module", 1L),
                        Map.entry("db9.expires", 1L),
                        Map.entry("db9.module.expires", 1L));
        assertThat(census.digests()).containsOnlyKeys("db0", "db0.persistent", "db9");
    }

    @Test
    void an_expiry_is_part_of_the_digest() throws IOException {
        String never = digest("00 01", "'k'", "01", "'v'");
        String soon = digest("fc e803000000000000 00 01", "'k'", "01", "'v'");
        String later = digest("fc e903000000000000 00 01", "'k'", "01", "'v'");
        String inSeconds = digest("fd 01000000 00 01", "'k'", "01", "'v'");
        assertThat(soon).isNotEqualTo(never).isNotEqualTo(later).isEqualTo(inSeconds);
    }

    @Nested
    class Damage {
        private final byte[] whole =
                rdb("REDIS0010", bytes("fe 00", "00 01", "'k'", "05", "'value'", "01 01", "'l'", "01 01", "'x'"));

        @Test
        void none_is_accepted_and_counted() throws IOException {
            try (CheckedRdb rdb = checked(whole)) {
                assertThat(rdb.readAllBytes()).isEqualTo(whole);
                assertThat(rdb.census().orElseThrow().counts()).containsEntry("db0", 2L);
                assertThat(rdb.version()).isEqualTo(new RdbVersion(false, 10));
            }
        }

        @Test
        void by_cutting_anywhere_is_refused() {
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> read(cut)).as("length %d", length).isInstanceOf(RdbFormatException.class);
            }
        }

        @Test
        void by_flipping_any_bit_is_refused() {
            for (int bit = 0; bit < whole.length * 8; bit++) {
                byte[] flipped = whole.clone();
                flipped[bit / 8] ^= (byte) (1 << (bit % 8));
                assertThatThrownBy(() -> read(flipped)).as("bit %d", bit).isInstanceOf(IOException.class);
            }
        }

        @Test
        void in_content_without_a_checksum_is_refused() {
            byte[] unchecked = whole.clone();
            Arrays.fill(unchecked, whole.length - 8, whole.length, (byte) 0);
            assertThat(catchThrowable(() -> read(unchecked))).isNull();
            unchecked[14] = (byte) 0xBF; // the length of a string
            assertThatThrownBy(() -> read(unchecked)).isInstanceOf(IOException.class);
        }

        @Test
        void in_content_without_a_checksum_is_refused_also_when_nothing_is_to_be_counted() throws IOException {
            byte[] unchecked = rdb("REDIS0010", bytes("00 01", "'k'", "05", "'abc'"));
            Arrays.fill(unchecked, unchecked.length - 8, unchecked.length, (byte) 0);
            try (var rdb = new CheckedRdb(new ByteArrayInputStream(unchecked), FactsLevel.NONE)) {
                assertThatThrownBy(rdb::readAllBytes).isInstanceOf(RdbFormatException.class);
            }
        }

        @Test
        void of_random_bytes_never_ends_in_anything_but_an_io_exception() {
            long seed = new Random().nextLong();
            var random = new Random(seed);
            for (int round = 0; round < 3000; round++) {
                byte[] content = new byte[random.nextInt(60)];
                random.nextBytes(content);
                if (content.length > 0) {
                    content[0] = (byte) random.nextInt(26);
                }
                byte[] unchecked = rdb("REDIS0010", content);
                Arrays.fill(unchecked, unchecked.length - 8, unchecked.length, (byte) 0);
                Throwable thrown = catchThrowable(() -> read(unchecked));
                assertThat(thrown == null || thrown instanceof IOException)
                        .as("seed %d, round %d: %s", seed, round, thrown)
                        .isTrue();
            }
        }

        private void read(byte[] rdb) throws IOException {
            try (InputStream stream = checked(rdb)) {
                stream.readAllBytes();
            }
        }
    }

    /// The checksum vouches for the bytes; a stream whose count of fields is absurd costs the counts only.
    @Test
    void a_stream_that_makes_no_sense_is_passed_on_uncounted() throws IOException {
        String id = "10 00000000000000010000000000000001";
        String listpack = "15 15000000 0300 01 01 00 01 f4 ffffffffffffff7f 09 ff"; // 2^63 - 1 fields
        byte[] rdb = rdb("REDIS0010", bytes("0f 01", "'x'", "01", id, listpack, "01 01 01 00"));
        try (var checked = new CheckedRdb(new ByteArrayInputStream(rdb), FactsLevel.DIGESTS)) {
            assertThat(checked.readAllBytes()).isEqualTo(rdb);
            assertThat(checked.census()).isEmpty();
        }
    }

    @Test
    void counting_that_breaks_is_no_reason_to_refuse_what_a_checksum_vouches_for() throws IOException {
        byte[] vouched = rdb("REDIS0010", bytes("00 01", "'k'", "01", "'v'"));
        byte[] unchecked = vouched.clone();
        Arrays.fill(unchecked, unchecked.length - 8, unchecked.length, (byte) 0);
        for (Throwable accident : List.of(
                new IllegalStateException("broken"), new StackOverflowError("deep"), new OutOfMemoryError("big"))) {
            try (CheckedRdb rdb = counting(vouched, accident)) {
                assertThat(rdb.readAllBytes()).isEqualTo(vouched);
                assertThat(rdb.census()).isEmpty();
                assertThat(rdb.whyNot()).contains("counting failed", String.valueOf(accident.getMessage()));
            }
            try (CheckedRdb rdb = counting(unchecked, accident)) {
                assertThatThrownBy(rdb::readAllBytes)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("counting failed");
            }
        }
    }

    private static CheckedRdb counting(byte[] rdb, Throwable accident) {
        return new CheckedRdb(new ByteArrayInputStream(rdb), FactsLevel.COUNTS, (_, _) -> {
            if (accident instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) accident;
        });
    }

    /// Nothing else speaks for an RDB without a checksum.
    @Test
    void bytes_after_the_end_of_an_rdb_without_a_checksum_are_refused() {
        byte[] rdb =
                bytes("'REDIS0010'", "00 01", "'k'", "01", "'v'", "ff", "0102030405060708", "ff", "0000000000000000");
        assertThatThrownBy(() -> new CheckedRdb(new ByteArrayInputStream(rdb), FactsLevel.COUNTS).readAllBytes())
                .isInstanceOf(RdbFormatException.class);
    }

    @Test
    void a_type_from_the_future_is_passed_on_uncounted() throws IOException {
        byte[] future = rdb("REDIS0099", bytes("fe 00", "64 01", "'k'", "01", "'v'"));
        try (CheckedRdb rdb = checked(future)) {
            assertThat(rdb.readAllBytes()).isEqualTo(future);
            assertThat(rdb.census()).isEmpty();
            assertThat(rdb.whyNot()).contains("RDB type 100");
        }
    }

    @Test
    void valkey_numbers_newer_types_on_its_own() throws IOException {
        byte[] hash = bytes("16 01", "'k'", "02 01", "'f'", "01", "'1'", "ed03000000000000");
        byte[] valkey =
                rdb("VALKEY080", bytes(HexFormat.of().formatHex(hash), "01", "'g'", "01", "'2'", "ffffffffffffffff"));
        String redis = digest(
                "18 01", "'k'", "e803000000000000", "02", "06 01", "'f'", "01", "'1'", "00 01", "'g'", "01", "'2'");
        RdbCensus census = RdbReader.read(new ByteArrayInputStream(valkey), true);
        assertThat(census.digests()).containsEntry("db0", redis);
        byte[] redisType = rdb("VALKEY080", bytes("18 01", "'k'", "01"));
        assertThatThrownBy(() -> RdbReader.read(new ByteArrayInputStream(redisType), true))
                .isInstanceOf(RdbFormatException.class)
                .hasMessageContaining("not known");
    }

    @ParameterizedTest
    @CsvSource({
        "REDIS0010, 7.0, true",
        "REDIS0010, 6.2, false",
        "REDIS0009, 6.2.14, true",
        "REDIS0011, 7.0.15, false",
        "REDIS0011, 7.2, true",
        "REDIS0012, 7.2, false",
        "REDIS0012, 7.4, true",
        "REDIS0012, 8.0, true",
        "REDIS0013, 8.0, false",
        "REDIS0013, 8.2, true",
        "REDIS0099, 9.1, true",
        "REDIS0011, valkey-8.0, true",
        "REDIS0012, valkey-9.0, false",
        "VALKEY080, valkey-9.0, true",
        "VALKEY080, valkey-8.1, false",
        "VALKEY080, 8.2, false",
    })
    void which_server_reads_which_version(String header, String server, boolean readable) throws IOException {
        var version = RdbVersion.parse(header.getBytes(StandardCharsets.US_ASCII));
        assertThat(version.readableBy(server)).isEqualTo(readable);
    }

    @ParameterizedTest
    @ValueSource(strings = {"REDIS00x0", "PGDMP1234", "REDIS0004", ""})
    void what_is_no_header_is_refused(String header) {
        assertThatThrownBy(() -> RdbVersion.parse(header.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(RdbFormatException.class);
    }
}
