package dev.reprise.operations.bucket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.RawName;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyNamesTest {
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            photos/2026/a.jpg | photos/2026/a.jpg
            a//b              | a/%e/b
            a/                | a/%e
            /                 | %e/%e
            /a                | %e/a
            .                 | %2E
            ../x              | %2E%2E/x
            ...               | ...
            50%               | 50%25
            %2E               | %252E
            %e                | %25e
            a%object          | a%25object
            %part-000001/a    | %25part-000001/a
            größe             | größe
            """)
    void a_key_has_names_that_file_systems_take(String key, String path) {
        assertThat(path(key)).isEqualTo(path);
        assertThat(back(KeyNames.split(key))).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\0", "a\nb", "\u007f", "a\\b", "😀/😀", "//", "a///b//"})
    void odd_keys_come_back_as_they_were(String key) {
        List<RawName> names = KeyNames.split(key);

        assertThat(names).allMatch(RawName::isPlainName);
        assertThat(back(names)).isEqualTo(key);
    }

    @Test
    void control_characters_are_written_out() {
        assertThat(path("a\nb\0")).isEqualTo("a%0Ab%00");
    }

    @ParameterizedTest
    @ValueSource(ints = {199, 200, 201, 399, 400, 401, 1024})
    void long_names_go_on_below_and_come_back(int length) {
        for (String key : List.of(
                "a".repeat(length),
                "%".repeat(length),
                "ü".repeat(length / 2),
                "a" + "😀".repeat(length / 4),
                "a".repeat(length) + "/b",
                "b/" + "a".repeat(length) + "/")) {
            List<RawName> names = KeyNames.split(key);

            assertThat(names).allMatch(name -> name.length() <= 255 && name.isPlainName());
            assertThat(names).allMatch(name -> !name.toString().contains("\ufffd"));
            assertThat(back(names)).isEqualTo(key);
        }
    }

    @Test
    void a_path_of_slashes_alone_fits_into_the_paths_of_linux() {
        assertThat(path("/".repeat(1024)).length()).isLessThan(3100);
    }

    /// What the tree is made by: in the order of keys no folder is met twice.
    @RepeatedTest(20)
    void keys_in_their_order_enter_each_folder_once(RepetitionInfo repetition) {
        var random = new Random(repetition.getCurrentRepetition());
        Set<RawName> keys = new TreeSet<>();
        for (int i = 0; i < 400; i++) {
            keys.add(RawName.of(odd(random)));
        }
        Set<List<RawName>> left = new HashSet<>();
        List<RawName> last = List.of();
        for (RawName key : keys) {
            List<RawName> names = KeyNames.split(key.toString());
            assertThat(back(names)).isEqualTo(key.toString());
            for (int depth = 1; depth < last.size(); depth++) {
                List<RawName> folder = last.subList(0, depth);
                boolean stays = names.size() > depth && names.subList(0, depth).equals(folder);
                if (!stays) {
                    left.add(folder);
                }
            }
            for (int depth = 1; depth < names.size(); depth++) {
                assertThat(left).doesNotContain(names.subList(0, depth));
            }
            last = names;
        }
    }

    /// Pieces that meet at the length where a name ends.
    static String odd(Random random) {
        var key = new StringBuilder();
        for (int i = random.nextInt(1, 6); i > 0; i--) {
            key.append(
                    switch (random.nextInt(8)) {
                        case 0 -> "/";
                        case 1 -> "a".repeat(random.nextInt(195, 205));
                        case 2 -> ".";
                        case 3 -> "%";
                        case 4 -> "-";
                        case 5 -> "é";
                        case 6 -> "a/";
                        default -> "b";
                    });
        }
        return key.toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%2", "%2e", "%zz", "a%", "%part", "%more%"})
    void a_name_of_somebody_else_is_refused(String name) {
        assertThatThrownBy(() -> KeyNames.object(RawName.of(name)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no name of an object");
    }

    private static String path(String key) {
        return KeyNames.split(key).stream().map(RawName::toString).collect(Collectors.joining("/"));
    }

    private static String back(List<RawName> names) {
        var bytes = new ByteArrayOutputStream();
        names.subList(0, names.size() - 1).forEach(name -> bytes.writeBytes(KeyNames.folder(name)));
        bytes.writeBytes(KeyNames.object(names.getLast()));
        assertThat(Arrays.equals(bytes.toByteArray(), bytes.toString(UTF_8).getBytes(UTF_8)))
                .isTrue();
        return KeyNames.key(bytes.toByteArray());
    }
}
