package dev.reprise.repository.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GoJsonWriterTest {
    private static String written(String text) {
        return new String(new GoJsonWriter().string(text).toByteArray(), UTF_8);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void control_characters_have_the_short_forms_go_knows() {
        assertThat(written("a\bb\fc\u0001\n\r\t\u001f\u007f")).isEqualTo("\"a\\bb\\fc\\u0001\\n\\r\\t\\u001f\u007f\"");
    }

    @Test
    void html_quotes_and_line_separators_are_escaped_and_slashes_are_not() {
        assertThat(written("<>&\"\\/\u2028\u2029")).isEqualTo("\"\\u003c\\u003e\\u0026\\\"\\\\/\\u2028\\u2029\"");
    }

    @Test
    void everything_else_is_raw_utf_8_also_beyond_the_basic_plane() {
        assertThat(written("grüße-日本語-😀\u00a0\u2027\u202a\ufffd"))
                .isEqualTo("\"grüße-日本語-😀\u00a0\u2027\u202a\ufffd\"");
    }

    @Test
    void a_lone_surrogate_becomes_the_replacement_character() {
        assertThat(written("a\ud83db\ude00")).isEqualTo("\"a\ufffdb\ufffd\"");
        assertThat(written("\ud83d")).isEqualTo("\"\ufffd\"");
    }

    @Test
    void each_invalid_byte_becomes_six_characters() {
        byte[] target = bytes('b', 0xff, 0xed, 0xa0, 0x80, 0xc0, 0xaf, 0xf4, 0x90, 0x80, 0x80, 0xe2, 0x80, 0xa8, 0xe2);
        assertThat(new String(new GoJsonWriter().string(target).toByteArray(), UTF_8))
                .isEqualTo("\"b" + "\\ufffd".repeat(10) + "\\u2028\\ufffd\"");
    }

    @Test
    void text_and_its_bytes_are_written_alike() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            int[] points = random.ints(random.nextInt(20), 0, 0x11_0000)
                    .map(c -> random.nextBoolean() ? c & 0xff : c & 0x3fff)
                    .filter(c -> !(c >= 0xd800 && c < 0xe000))
                    .toArray();
            String text = new String(points, 0, points.length);
            assertThat(new GoJsonWriter(0).string(text.getBytes(UTF_8)).toByteArray())
                    .as("seed %d", seed)
                    .isEqualTo(new GoJsonWriter(0).string(text).toByteArray());
        }
    }

    @Test
    void well_formed_characters_are_those_the_platform_decodes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int[] likely = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0};
        for (int i = 0; i < 50_000; i++) {
            byte[] raw = new byte[random.nextInt(1, 5)];
            for (int k = 0; k < raw.length; k++) {
                raw[k] = (byte) (random.nextBoolean() ? likely[random.nextInt(likely.length)] : random.nextInt(256));
            }
            assertThat(Utf8.characterAt(raw, 0))
                    .as("seed %d: %s", seed, Arrays.toString(raw))
                    .isEqualTo(oracle(raw));
        }
    }

    private static int oracle(byte[] raw) {
        for (int size = 1; size <= raw.length; size++) {
            try {
                String decoded =
                        UTF_8.newDecoder().decode(ByteBuffer.wrap(raw, 0, size)).toString();
                return decoded.codePointCount(0, decoded.length()) == 1 ? size : 0;
            } catch (CharacterCodingException tooShort) {
                // try one byte more
            }
        }
        return 0;
    }

    @Test
    void a_document_grows_as_needed() {
        GoJsonWriter json = new GoJsonWriter(1);
        json.raw("{\"id\":")
                .id(ObjectId.NULL)
                .raw(",\"size\":")
                .unsigned(-1)
                .raw(",\"uid\":")
                .number(-5);
        json.raw(",\"value\":")
                .base64(bytes(0xfb, 0xff))
                .raw(",\"time\":")
                .time(new GoTime(0, 5, 60))
                .raw('}');
        assertThat(new String(json.toByteArray(), UTF_8))
                .isEqualTo("{\"id\":\"0000000000000000000000000000000000000000000000000000000000000000\","
                        + "\"size\":18446744073709551615,\"uid\":-5,\"value\":\"+/8=\","
                        + "\"time\":\"1970-01-01T00:01:00.000000005+00:01\"}");
    }

    @Test
    void truncating_takes_back_the_end_only() {
        GoJsonWriter json = new GoJsonWriter().raw("[1,");
        json.truncate(2);
        assertThat(new String(json.raw(']').toByteArray(), UTF_8)).isEqualTo("[1]");
        assertThatThrownBy(() -> json.truncate(4)).isInstanceOf(IllegalArgumentException.class);
    }
}
