package dev.reprise.operations.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.RawName;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PatternListTest {
    private static final long SEED = 1_104;

    private static boolean matches(String path, String... patterns) {
        return PatternList.of(List.of(patterns), false).matches(RawName.of(path));
    }

    private static boolean mayMatchBelow(String path, String... patterns) {
        return PatternList.of(List.of(patterns), false).mayMatchBelow(RawName.of(path));
    }

    private static List<String> parsed(String file) {
        return PatternList.parseFile(file.getBytes(StandardCharsets.UTF_8), Map.of("HOME", "/home/me", "A_1", "x"));
    }

    @ParameterizedTest
    @CsvSource({
        // a run of components anywhere
        "foo, /foo, true",
        "foo, /a/foo, true",
        "foo, /a/foobar, false",
        "a/b, /x/a/b, true",
        "a/b, /x/a/c/b, false",
        "foo, /Foo, false",
        // whatever lies below a match
        "foo, /srv/foo/bar/baz, true",
        "a/b, /x/a/b/c/d, true",
        // a leading slash starts at the root
        "/foo, /foo, true",
        "/foo, /foo/bar, true",
        "/foo, /a/foo, false",
        "/a/b, /a, false",
        "/, /anything, true",
        // wild cards stay within a component
        "*.tmp, /a/b.tmp, true",
        "*.tmp, /a/b.tmp/c, true",
        "*.tmp, /a/.tmp, true",
        "*.tmp, /a/b.tmpx, false",
        "/*, /a, true",
        "/a/*/c, /a/b/c, true",
        "/a/*/c, /a/b/b/c, false",
        "a*c, /abc, true",
        "a*c, /ac, true",
        "a*c, /abcd, false",
        "a*b*c, /axbxbyc, true",
        "a*b*c, /axcxb, false",
        "?, /xy/ab, false",
        "a?, /ab, true",
        "a?, /a, false",
        "a?c, /aéc, true",
        "*, /.hidden, true",
        "**.go, /a/b.go, true",
        // any number of components, none included
        "foo/**, /foo, true",
        "foo/**, /x/foo/bar, true",
        "/foo/**, /x/foo, false",
        "**/foo, /foo, true",
        "**/foo, /a/b/foo, true",
        "a/**/b, /a/b, true",
        "a/**/b, /a/x/y/b/z, true",
        "a/**/b, /b/a, false",
        "/a/**/b/**/c, /a/b/c, true",
        "/a/**/b/**/c, /a/x/b/y/z/c, true",
        "/a/**/b/**/c, /a/c/b, false",
        "/**/x, /a/b/x/c, true",
        "**, /a, true",
        // but foo/* is only the content
        "foo/*, /foo, false",
        "foo/*, /foo/bar, true",
    })
    void a_pattern_matches_a_run_of_components(String pattern, String path, boolean matches) {
        assertThat(matches(path, pattern)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "[abc], /b, true",
        "[abc], /d, false",
        "[a-c]x, /bx, true",
        "[a-c]x, /dx, false",
        "[^a], /b, true",
        "[^a], /a, false",
        "[!b], /b, true", // not a negation
        "[!b], /!, true",
        "[!b], /a, false",
        "[a-cx-z]1, /y1, true",
        "[à-ü]1, /é1, true",
        "[*?]x, /*x, true",
        "[*?]x, /ax, false",
        "'[\\]]', /], true",
        "'[a\\-z]', /-, true",
        "'[a\\-z]', /b, false",
        "'\\*', /*, true",
        "'\\*', /a, false",
        "'a\\bc', /abc, true",
        "'x\\[1]', /x[1], true",
        "a], /a], true",
        "[^a]*z, /bcz, true",
        "*[0-9], /log7, true",
        "*[0-9], /log, false",
    })
    void character_classes_and_escapes_work_as_in_go(String pattern, String path, boolean matches) {
        assertThat(matches(path, pattern)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({
        "./foo, /a/foo, true",
        "foo/../br, /br, true",
        "foo/../br, /foo, false",
        "foo//bar, /foo/bar, true",
        "foo/, /foo, true",
        "/foo//, /foo, true",
        "/../foo, /foo, true",
        "/a/./b/.., /a/x, true",
        "a/../../b, /b, false", // begins with .. then, which no path has
        "., /foo, false",
        "foo/.., /foo, false",
    })
    void patterns_are_cleaned(String pattern, String path, boolean matches) {
        assertThat(matches(path, pattern)).isEqualTo(matches);
    }

    @Test
    void empty_patterns_have_no_effect() {
        assertThat(PatternList.of(List.of("", ""), false).isEmpty()).isTrue();
        assertThat(PatternList.of(List.of("x"), false).isEmpty()).isFalse();
        assertThat(matches("/foo", "")).isFalse();
        assertThat(matches("/foo", "foo", "", "!")).isTrue();
        assertThat(mayMatchBelow("/foo", "")).isFalse();
    }

    @Test
    void the_last_matching_pattern_wins() {
        assertThat(matches("/foo/bar", "foo/*", "!foo/bar")).isFalse();
        assertThat(matches("/foo/baz", "foo/*", "!foo/bar")).isTrue();
        assertThat(matches("/foo/bar", "!foo/bar", "foo/*")).isTrue();
        assertThat(matches("/foo/bar", "foo/*", "!foo/bar", "bar")).isTrue();
        assertThat(matches("/foo/bar", "!foo/bar")).isFalse();
    }

    /// That nothing below an excluded directory comes back is for the caller, who does not enter it.
    @Test
    void an_excluded_directory_stays_excluded_itself() {
        assertThat(matches("/foo", "foo", "!foo/bar")).isTrue();
        assertThat(matches("/foo", "foo/*", "!foo/bar")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[x", "a/[x/b", "[", "[]", "[^]", "[a-]", "[-a]", "[a-", "x\\", "[\\", "[]a]", "!ok/[z"})
    void a_malformed_pattern_is_named(String pattern) {
        assertThatThrownBy(() -> PatternList.of(List.of("fine", pattern), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("bad pattern: " + pattern);
    }

    @ParameterizedTest
    @CsvSource({
        "/home/me, /, true",
        "/home/me, /home, true",
        "/home/me, /home/me, true",
        "/home/me, /home/me/x/y, true",
        "/home/me, /etc, false",
        "/home/me, /home/you, false",
        "/home/*/x, /home/you, true",
        "/home/*/x, /home/you/y, false",
        "/home/**/x, /home, true",
        "/home/**/x, /home/a/b/c, true",
        "/home/**/x, /etc/a, false",
        "/**, /etc, true",
        "me, /anything/at/all, true",
        "**/x, /a, true",
    })
    void a_directory_is_entered_if_something_below_could_match(String pattern, String path, boolean may) {
        assertThat(mayMatchBelow(path, pattern)).isEqualTo(may);
    }

    @Test
    void a_directory_that_is_taken_back_is_not_entered() {
        assertThat(mayMatchBelow("/home/me", "/home", "!/home/me")).isFalse();
        assertThat(mayMatchBelow("/home/you", "/home", "!/home/me")).isTrue();
        assertThat(mayMatchBelow("/home/me", "/home", "!/home/me", "*.txt")).isTrue();
        assertThat(mayMatchBelow("/home/me", "!/home/x")).isFalse();
    }

    @Test
    void no_patterns_match_nothing() {
        PatternList none = PatternList.of(List.of(), false);
        assertThat(none.matches(RawName.of("/a"))).isFalse();
        assertThat(none.mayMatchBelow(RawName.of("/a"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "FOO, /a/foo, true",
        "*.TMP, /X.Tmp, true",
        "[A-C]x, /BX, true",
        "grüße, /GRÜSSE, false", // not folded, only lowered
        "GRÜN, /grün, true",
        "ΑΣ, /ας, false",
        "/Foo/**/BAR, /fOO/x/bar, true",
    })
    void case_is_ignored_on_demand(String pattern, String path, boolean matches) {
        PatternList list = PatternList.of(List.of(pattern), true);
        assertThat(list.matches(RawName.of(path))).isEqualTo(matches);
    }

    @Test
    void bytes_that_are_no_utf8_are_characters_of_one_byte() {
        RawName latin1 = RawName.of(new byte[] {'/', 'a', (byte) 0xe9, 'b'});
        assertThat(PatternList.of(List.of("a?b"), false).matches(latin1)).isTrue();
        assertThat(PatternList.of(List.of("a??b"), false).matches(latin1)).isFalse();
        assertThat(PatternList.of(List.of("a*b"), false).matches(latin1)).isTrue();
        assertThat(PatternList.of(List.of("aéb"), false).matches(latin1)).isFalse();
        assertThat(PatternList.of(List.of("a[^x]b"), false).matches(latin1)).isTrue();
        assertThat(PatternList.of(List.of("A?B"), true).matches(latin1)).isTrue();
    }

    @Test
    void a_pattern_file_can_name_bytes_that_are_no_utf8() {
        byte[] file = {'a', (byte) 0xe9, 'b', '\n', 'c', '*', (byte) 0xff};
        PatternList list = PatternList.of(PatternList.parseFile(file, Map.of()), false);
        assertThat(list.matches(RawName.of(new byte[] {'/', 'a', (byte) 0xe9, 'b'})))
                .isTrue();
        assertThat(list.matches(RawName.of(new byte[] {'/', 'c', 'x', (byte) 0xff})))
                .isTrue();
        assertThat(list.matches(RawName.of("/aéb"))).isFalse();
    }

    @Test
    void a_pattern_file_holds_trimmed_lines_comments_and_nothing_else() {
        assertThat(parsed("# comment\n\n  *.tmp  \r\n\t# indented\nfoo # bar\n!x\n\u00a0y\u00a0"))
                .containsExactly("*.tmp", "foo # bar", "!x", "y");
        assertThat(parsed("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "$HOME/x, /home/me/x",
        "${HOME}x, /home/mex",
        "$NOPE/foo, /foo",
        "${NOPE}foo, foo",
        "a$$b, a$b",
        "$A_1.txt, x.txt",
        "'\\$HOME', '\\/home/me'",
        "a$, a$",
        "a$/b, a$/b",
        "a$.b, a$.b",
        "${}x, x",
        "${HOME, HOME",
        "$1x, x",
        "$$HOME, $HOME",
    })
    void variables_are_expanded_in_pattern_files(String line, String pattern) {
        assertThat(parsed(line)).containsExactly(pattern);
    }

    @Test
    void variables_are_not_expanded_in_patterns() {
        assertThat(matches("/$HOME/x", "$HOME")).isTrue();
        assertThat(matches("/~/x", "~")).isTrue();
    }

    @Test
    void a_pattern_file_may_be_utf16_or_begin_with_a_mark() {
        for (String charset : List.of("UTF-16BE", "UTF-16LE", "UTF-8")) {
            byte[] file = "\ufeffgrün\r\n*.😀\r\n".getBytes(Charset.forName(charset));
            assertThat(PatternList.parseFile(file, Map.of())).as(charset).containsExactly("grün", "*.😀");
        }
    }

    /// The same rules as one regular expression over the path with a slash behind every component.
    @Test
    void random_patterns_agree_with_regular_expressions() {
        var random = new Random(SEED);
        int matched = 0;
        for (int i = 0; i < 10_000; i++) {
            String pattern =
                    (random.nextBoolean() ? "/" : "") + random(random, List.of("a", "b", "*", "?", "ab", "**"), 5);
            String path = "/" + random(random, List.of("a", "b", "ab", "ba"), 6);
            boolean expected = regex(pattern).matcher(path.substring(1) + "/").matches();
            assertThat(matches(path, pattern))
                    .as("seed %d: %s on %s", SEED, pattern, path)
                    .isEqualTo(expected);
            matched += expected ? 1 : 0;
        }
        assertThat(matched).isBetween(1_500, 8_500);
    }

    /// Whatever matches must have been reachable: every directory above it may match below.
    @Test
    void everything_that_matches_can_be_reached() {
        var random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            String pattern = "/" + random(random, List.of("a", "b", "*", "?", "**"), 4);
            String path = "/" + random(random, List.of("a", "b"), 6);
            if (matches(path, pattern)) {
                String parent = path.substring(0, Math.max(1, path.lastIndexOf('/')));
                assertThat(mayMatchBelow(parent, pattern))
                        .as("%s on %s", pattern, path)
                        .isTrue();
            }
        }
    }

    @Test
    void many_stars_are_matched_without_trying_everything() {
        String pattern = "a*".repeat(200) + "b";
        assertThat(matches("/" + "a".repeat(5_000), pattern)).isFalse();
        String deep = "/a".repeat(2_000);
        assertThat(matches(deep, "a/**/".repeat(200) + "b")).isFalse();
    }

    private static String random(Random random, List<String> pieces, int most) {
        String[] components = new String[1 + random.nextInt(most)];
        Arrays.setAll(components, i -> pieces.get(random.nextInt(pieces.size())));
        return String.join("/", components);
    }

    private static Pattern regex(String pattern) {
        var regex = new StringBuilder(pattern.startsWith("/") ? "" : "(?:[^/]+/)*");
        boolean only = !pattern.startsWith("/");
        for (String component : pattern.replaceFirst("^/", "").split("/", -1)) {
            if (component.equals("**")) {
                regex.append("(?:[^/]+/)*");
            } else {
                only = false;
                regex.append(component.replace("*", "[^/]*").replace("?", "[^/]"))
                        .append('/');
            }
        }
        return Pattern.compile(only ? ".+" : regex + ".*");
    }
}
