package dev.reprise.repository.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.index.PackEntries;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.pack.PackHeader.MalformedHeaderException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A pack header")
class PackHeaderTest {
    private static final String ID_1 = "11".repeat(32);
    private static final String ID_2 = "22".repeat(32);

    @Test
    void is_written_entry_by_entry() {
        var entries = new PackEntries();
        entries.add(BlobType.DATA, ObjectId.parse(ID_1), 0, 0x01020304, 0);
        entries.add(BlobType.TREE, ObjectId.parse(ID_2), 0x01020304, 85, 0);
        entries.add(BlobType.DATA, ObjectId.parse(ID_2), 0x01020304 + 85, 64, 23);
        entries.add(BlobType.TREE, ObjectId.parse(ID_1), 0x01020304 + 149, 40, 0x0A0B0C0D);

        assertThat(HexFormat.of().formatHex(PackHeader.encode(entries)))
                .isEqualTo("0004030201" + ID_1 + "0155000000" + ID_2 + "024000000017000000" + ID_2
                        + "03280000000d0c0b0a" + ID_1);
    }

    @Test
    void gives_back_what_was_written() throws MalformedHeaderException {
        byte[] header =
                bytes("0240000000" + "17000000" + ID_1 + "0355000000" + "60000000" + ID_2 + "0021000000" + ID_1);

        PackEntries entries = PackHeader.decode(header, 2);

        ObjectId pack = ObjectId.parse("aa".repeat(32));
        assertThat(entries.locations(pack))
                .extracting(blob -> "%s %d+%d plain %d %s"
                        .formatted(blob.handle(), blob.offset(), blob.length(), blob.plainLength(), blob.compressed()))
                .containsExactly(
                        "data blob " + ID_1 + " 0+64 plain 23 true",
                        "tree blob " + ID_2 + " 64+85 plain 96 true",
                        "data blob " + ID_1 + " 149+33 plain 1 false");
        assertThat(PackHeader.encode(entries)).isEqualTo(header);
    }

    @Test
    void of_nothing_is_empty() throws MalformedHeaderException {
        assertThat(PackHeader.decode(new byte[0], 2).size()).isZero();
        assertThat(PackHeader.encode(new PackEntries())).isEmpty();
    }

    @Test
    void of_the_fullest_pack_is_within_what_readers_accept() {
        assertThat(PackHeader.MAX_ENTRIES).isEqualTo(409_199);
        assertThat(PackHeader.MAX_ENTRIES * 41L + 32).isLessThanOrEqualTo(16 * 1024 * 1024);
    }

    @ParameterizedTest
    @ValueSource(bytes = {4, 5, 127, -1})
    void with_an_unknown_type_is_malformed(byte type) {
        byte[] header = bytes("0021000000" + ID_1 + "0021000000" + ID_2);
        header[37] = type;

        assertThatThrownBy(() -> PackHeader.decode(header, 2))
                .isInstanceOf(MalformedHeaderException.class)
                .hasMessage("entry 1 has the unknown type " + (type & 0xff));
    }

    @Test
    void of_version_1_knows_no_compression() throws MalformedHeaderException {
        assertThat(PackHeader.decode(bytes("0021000000" + ID_1), 1).size()).isOne();
        assertThatThrownBy(() -> PackHeader.decode(bytes("024000000017000000" + ID_1), 1))
                .hasMessage("entry 0 has the unknown type 2");
    }

    @Test
    void that_is_cut_off_anywhere_but_between_entries_is_malformed() {
        byte[] header = bytes("0021000000" + ID_1 + "024000000017000000" + ID_2);
        for (int length = 1; length < header.length; length++) {
            byte[] cut = Arrays.copyOf(header, length);
            if (length != 37) {
                assertThatThrownBy(() -> PackHeader.decode(cut, 2))
                        .as("%d bytes", length)
                        .isInstanceOf(MalformedHeaderException.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"001f000000", "0000000000", "0000000080", "00ffffffff"})
    void with_an_impossible_length_is_malformed(String start) {
        assertThatThrownBy(() -> PackHeader.decode(bytes(start + ID_1), 2))
                .isInstanceOf(MalformedHeaderException.class)
                .hasMessageStartingWith("entry 0 ");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void of_random_bytes_is_malformed_or_possible(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] header = PackFixture.randomBytes(random, random.nextInt(200));
            for (int at = 0; at < header.length; at += random.nextInt(1, 50)) {
                header[at] = (byte) random.nextInt(5);
            }
            try {
                assertThat(PackHeader.encode(PackHeader.decode(header, 2)).length)
                        .isLessThanOrEqualTo(header.length);
            } catch (MalformedHeaderException e) {
                assertThat(e).hasMessageStartingWith("entry ");
            }
        }
    }

    static LongStream seeds() {
        return LongStream.concat(LongStream.rangeClosed(1, 4), new Random().longs(10));
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
