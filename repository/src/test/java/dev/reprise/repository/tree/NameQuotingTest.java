package dev.reprise.repository.tree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.RawName;
import dev.reprise.repository.model.GoJsonWriter;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The stored forms were taken from trees that stock restic wrote.
class NameQuotingTest {
    private static final long SEED = 7_300_731;

    private static String stored(String hexName) {
        var out = new GoJsonWriter();
        NameQuoting.write(RawName.of(HexFormat.of().parseHex(hexName)), out);
        String json = new String(out.toByteArray(), StandardCharsets.UTF_8);
        return json.substring(1, json.length() - 1);
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    private static RawName unquoted(String text) throws TreeFormatException {
        char[] around = ("<<" + text + ">>").toCharArray();
        return NameQuoting.unquote(around, 2, text.length());
    }

    @Test
    void plain_names_stay_as_they_are() {
        assertThat(stored(hex("report 2024~final (1).txt"))).isEqualTo("report 2024~final (1).txt");
    }

    @Test
    void quotes_and_backslashes_are_escaped_by_both_layers() {
        assertThat(stored(hex("quote\"back\\slash.txt"))).isEqualTo("quote\\\\\\\"back\\\\\\\\slash.txt");
    }

    @Test
    void bytes_that_are_no_utf8_become_hexadecimal() {
        assertThat(stored(hex("latin1-") + "e9fc" + hex(".txt"))).isEqualTo("latin1-\\\\xe9\\\\xfc.txt");
    }

    @Test
    void control_characters_are_quoted() {
        assertThat(stored(hex("ctl\ttab\nnl\u0001\u007f.txt"))).isEqualTo("ctl\\\\ttab\\\\nnl\\\\x01\\\\x7f.txt");
        assertThat(stored("0708090a0b0c0d1b")).isEqualTo("\\\\a\\\\b\\\\t\\\\n\\\\v\\\\f\\\\r\\\\x1b");
    }

    @Test
    void separators_and_format_characters_are_quoted_but_the_space_is_not() {
        assertThat(stored(hex("nbsp\u00a0zwsp\u200bls\u2028bom\ufeff.txt")))
                .isEqualTo("nbsp\\\\u00a0zwsp\\\\u200bls\\\\u2028bom\\\\ufeff.txt");
    }

    @Test
    void private_use_and_unassigned_characters_are_quoted() {
        String name = "pua\ue000-\uffff-\ud83e\uddff-" + Character.toString(0x10ffff) + ".txt";
        assertThat(stored(hex(name))).isEqualTo("pua\\\\ue000-\\\\uffff-\ud83e\uddff-\\\\U0010ffff.txt");
    }

    @Test
    void a_real_replacement_character_stays_and_a_surrogate_does_not() {
        assertThat(stored(hex("repl-\ufffd-surr-") + "eda080" + hex(".txt")))
                .isEqualTo("repl-\ufffd-surr-\\\\xed\\\\xa0\\\\x80.txt");
    }

    @Test
    void html_characters_are_escaped_by_json_alone() {
        assertThat(stored(hex("html<&>.txt"))).isEqualTo("html\\u003c\\u0026\\u003e.txt");
    }

    @Test
    void letters_of_any_script_stay_and_are_not_normalised() {
        assertThat(stored(hex("grüße-日本語-😀.txt"))).isEqualTo("grüße-日本語-😀.txt");
        assertThat(stored(hex("e\u0301-decomposed"))).isEqualTo("e\u0301-decomposed");
    }

    @ParameterizedTest
    @CsvSource({
        "c0af, \\\\xc0\\\\xaf", // overlong
        "f4908080, \\\\xf4\\\\x90\\\\x80\\\\x80", // above U+10FFFF
        "e282, \\\\xe2\\\\x82", // cut off
        "80, \\\\x80",
        "ff41, \\\\xffA",
    })
    void malformed_utf8_is_quoted_byte_by_byte(String hexName, String text) {
        assertThat(stored(hexName)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1fae8, true", // Unicode 15.0
        "1fae9, false", // Unicode 16
        "0897, false",
        "0898, true",
        "1b4d, false",
        "1b4e, false",
        "1b50, true",
        "13460, false",
        "143fa, false",
        "2ebf0, false",
        "2ee5d, false",
        "2ebe0, true",
        "1fbcb, false",
        "1fbf0, true",
        "00ad, false",
        "3000, false",
        "e0100, true",
    })
    void printable_means_printable_in_unicode_15(String hexCodePoint, boolean printable) {
        int codePoint = HexFormat.fromHexDigits(hexCodePoint);
        assertThat(PrintableCharacters.contains(codePoint)).isEqualTo(printable);
        String name = Character.toString(codePoint);
        assertThat(stored(hex(name)).equals(name)).isEqualTo(printable);
    }

    /// Unicode 15.0 has 149,014 graphic characters, 17 of them space separators of which U+0020 counts.
    @Test
    void there_are_as_many_printable_characters_as_unicode_15_has_graphic_ones() {
        int count = 0;
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            count += PrintableCharacters.contains(c) ? 1 : 0;
        }
        assertThat(count).isEqualTo(149_014 - 17 + 1);
    }

    @ParameterizedTest
    @CsvSource({
        "\\a\\b\\f\\n\\r\\t\\v, 07080c0a0d090b",
        "\\x00\\xfF, 00ff",
        "\\000\\377\\101, 00ff41",
        "\\u00e9\\U0001F600, c3a9f09f9880",
        "a\\\\b\\\"c, 615c622263",
        "é, c3a9",
    })
    void every_go_escape_is_understood(String text, String hexName) throws TreeFormatException {
        assertThat(HexFormat.of().formatHex(unquoted(text).bytes())).isEqualTo(hexName);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "a\nb",
                "\\'",
                "\\q",
                "\\",
                "\\x1",
                "\\xg0",
                "\\400",
                "\\08",
                "\\ud800",
                "\\U00110000",
                "\\U0000dfff",
                "\\UFFFFFFFF",
                "\\u12",
                "\\x١١"
            })
    void what_go_would_not_write_between_quotes_is_refused(String text) {
        assertThatThrownBy(() -> unquoted(text))
                .isInstanceOf(TreeFormatException.class)
                .hasMessageContaining("not a quoted name");
    }

    @Test
    void a_name_longer_than_any_file_system_has_is_refused() {
        assertThatThrownBy(() -> unquoted("a".repeat(6 * NameQuoting.LONGEST_NAME + 1)))
                .isInstanceOf(TreeFormatException.class)
                .hasMessageContaining("393217 characters");
    }

    @Test
    void a_lone_surrogate_reads_as_the_replacement_character() throws TreeFormatException {
        assertThat(unquoted("a\ud800b").bytes()).isEqualTo("a\ufffdb".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void any_bytes_come_back_after_quoting() throws TreeFormatException {
        var random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            byte[] name = randomName(random);
            String quoted = new String(NameQuoting.quoted(name), StandardCharsets.UTF_8);
            assertThat(unquoted(quoted).bytes()).as("seed %d, name %d", SEED, i).isEqualTo(name);
        }
    }

    @Test
    void every_code_point_comes_back_after_quoting() throws TreeFormatException {
        for (int c = 1; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                byte[] name = Character.toString(c).getBytes(StandardCharsets.UTF_8);
                String quoted = new String(NameQuoting.quoted(name), StandardCharsets.UTF_8);
                if (!Arrays.equals(unquoted(quoted).bytes(), name)) {
                    throw new AssertionError("U+" + Integer.toHexString(c) + " came back as " + unquoted(quoted));
                }
            }
        }
    }

    /// Bytes and characters from all over, in pieces, so that malformed sequences meet well-formed ones.
    static byte[] randomName(Random random) {
        var name = new ByteArrayOutputStream();
        int pieces = 1 + random.nextInt(8);
        for (int i = 0; i < pieces; i++) {
            switch (random.nextInt(5)) {
                case 0 -> name.write(1 + random.nextInt(255));
                case 1 -> name.write(0x80 + random.nextInt(0x80));
                case 2 -> name.writeBytes(Character.toString(codePoint(random)).getBytes(StandardCharsets.UTF_8));
                case 3 -> name.write("\"\\<>&'\u007f \n\t".charAt(random.nextInt(10)));
                default -> name.write('a' + random.nextInt(26));
            }
        }
        return name.toByteArray();
    }

    private static int codePoint(Random random) {
        int c = random.nextInt(Character.MAX_CODE_POINT + 1);
        return c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? 'x' : c;
    }
}
