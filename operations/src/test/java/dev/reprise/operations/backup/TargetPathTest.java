package dev.reprise.operations.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.base.RawName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetPathTest {
    @ParameterizedTest(name = "\"{0}\" is cleaned to \"{1}\"")
    @CsvSource({
        "'', .",
        "., .",
        "./, .",
        "./., .",
        "a/.., .",
        "a/../.., ..",
        "../../x, ../../x",
        "../x/../.., ../..",
        "a//b///c/, a/b/c",
        "./a/./b, a/b",
        "a/b/../c, a/c",
        "/, /",
        "//, /",
        "/.., /",
        "/../../a, /a",
        "/a/b/../../.., /",
        "/a/./b/, /a/b",
        "..., ...",
        "..a/.b, ..a/.b",
    })
    void a_path_is_cleaned_as_text(String typed, String cleaned) {
        assertThat(TargetPath.clean(RawName.of(typed))).hasToString(cleaned);
    }

    @ParameterizedTest(name = "\"{0}\" is {1}")
    @CsvSource({
        "file, /home/me/file",
        "., /home/me",
        ".., /home",
        "../../.., /",
        "../you/x, /home/you/x",
        "/etc/../var, /var",
    })
    void a_relative_target_starts_at_the_working_directory(String typed, String absolute) {
        assertThat(TargetPath.absolute(RawName.of("/home/me"), RawName.of(typed)))
                .hasToString(absolute);
    }

    @ParameterizedTest(name = "above \"{0}\" lies \"{1}\"")
    @CsvSource({"/, /", "/a, /", "/a/b, /a", "/a/bc/d, /a/bc"})
    void the_root_is_its_own_parent(String path, String parent) {
        assertThat(TargetPath.parent(RawName.of(path))).hasToString(parent);
    }

    @Test
    void bytes_that_are_no_text_survive() {
        byte[] raw = {'a', '/', (byte) 0xff, (byte) 0xfe, '/', '/', 'b'};
        byte[] cleaned = {'a', '/', (byte) 0xff, (byte) 0xfe, '/', 'b'};
        assertThat(TargetPath.clean(RawName.of(raw)).bytes()).isEqualTo(cleaned);
    }
}
