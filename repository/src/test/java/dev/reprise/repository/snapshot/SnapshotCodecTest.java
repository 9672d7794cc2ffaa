package dev.reprise.repository.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.base.ObjectId;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnapshotCodecTest {
    private static final String A = "a".repeat(64);
    private static final String FULL =
            "{\"time\":\"2024-03-15T10:00:00+01:00\",\"parent\":\"" + A + "\",\"tree\":\"" + A
                    + "\",\"paths\":[\"/srv/b\",\"/srv/a\"],\"hostname\":\"db1\",\"username\":\"root\",\"uid\":1000,\"gid\":1001,"
                    + "\"excludes\":[\"*.never\"],\"tags\":[\"third\",\"\\u003cx\\u003e\"],\"original\":\"" + A
                    + "\",\"program_version\":\"restic 0.19.1\",\"summary\":{\"backup_start\":\"2026-11-21T08:27:56.279082587Z\","
                    + "\"backup_end\":\"2026-11-21T08:27:57.0966594Z\",\"files_new\":1,\"files_changed\":2,"
                    + "\"files_unmodified\":3,\"dirs_new\":4,\"dirs_changed\":5,\"dirs_unmodified\":6,\"data_blobs\":7,"
                    + "\"tree_blobs\":8,\"data_added\":9,\"data_added_packed\":10,\"total_files_processed\":11,"
                    + "\"total_bytes_processed\":9223372036854775807";

    private static Snapshot decode(String json) {
        return SnapshotCodec.decode(json.getBytes(UTF_8));
    }

    private static String rewritten(String json) {
        return new String(SnapshotCodec.encode(decode(json)), UTF_8);
    }

    @Test
    void a_full_snapshot_is_rewritten_byte_for_byte() {
        assertThat(rewritten(FULL + "}}")).isEqualTo(FULL + "}}");
    }

    @Test
    void members_of_other_programs_are_kept_as_they_were_written() {
        String json = FULL + ",\"command\":\"rustic  backup\",\"backup_duration\":0.50e1}"
                + ",\"label\":\"\\ud83d\\ude00 é\",\"delete\":{\"After\": [null, true]},\"x\":1.0}";
        Snapshot snapshot = decode(json);
        assertThat(snapshot.unknown())
                .containsExactly(
                        Map.entry("label", "\"\\ud83d\\ude00 é\""),
                        Map.entry("delete", "{\"After\": [null, true]}"),
                        Map.entry("x", "1.0"));
        assertThat(rewritten(json)).isEqualTo(json);
    }

    @Test
    void a_small_snapshot_leaves_out_what_is_empty() {
        Snapshot snapshot = new Snapshot(
                OffsetDateTime.parse("2024-01-15T10:00:00Z"),
                null,
                ObjectId.parse(A),
                List.of("/srv"),
                "",
                "",
                0,
                0,
                List.of(),
                List.of(),
                null,
                "",
                null,
                Map.of());
        String json = "{\"time\":\"2024-01-15T10:00:00Z\",\"tree\":\"" + A + "\",\"paths\":[\"/srv\"]}";
        assertThat(new String(SnapshotCodec.encode(snapshot), UTF_8)).isEqualTo(json);
        assertThat(decode(json)).isEqualTo(snapshot);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{}",
                "{\"time\":null,\"parent\":null,\"tree\":null,\"paths\":null,\"hostname\":null,\"username\":null,"
                        + "\"uid\":null,\"gid\":null,\"excludes\":null,\"tags\":null,\"original\":null,\"summary\":null}",
            })
    void every_member_may_be_missing_or_null(String json) {
        Snapshot snapshot = decode(json);
        assertThat(snapshot)
                .isEqualTo(new Snapshot(
                        OffsetDateTime.parse("0001-01-01T00:00:00Z"),
                        null,
                        ObjectId.NULL,
                        List.of(),
                        "",
                        "",
                        0,
                        0,
                        List.of(),
                        List.of(),
                        null,
                        "",
                        null,
                        Map.of()));
    }

    @Test
    void a_partial_summary_is_read_with_zeros() {
        Snapshot.Summary summary =
                Objects.requireNonNull(decode("{\"summary\":{\"files_new\":3}}").summary());
        assertThat(summary.filesNew()).isEqualTo(3);
        assertThat(summary.totalBytesProcessed()).isZero();
    }

    @Test
    void what_rustic_writes_is_read() {
        Snapshot snapshot =
                decode(" {\"time\":\"2026-01-02T03:04:05.123456789+00:00\",\"program_version\":\"rustic 0.11.4\","
                        + "\"tree\":\"" + A
                        + "\",\"paths\":[\"tree\"],\"hostname\":\"h\",\"username\":\"\",\"uid\":0,\"gid\":0,"
                        + "\"tags\":[]}\n");
        assertThat(snapshot.time()).isEqualTo(OffsetDateTime.parse("2026-01-02T03:04:05.123456789Z"));
        assertThat(snapshot.paths()).containsExactly("tree");
        assertThat(snapshot.tags()).isEmpty();
    }

    @Test
    void an_offset_java_does_not_know_keeps_the_instant() {
        assertThat(decode("{\"time\":\"2024-01-15T10:00:00+20:00\"}").time())
                .isEqualTo(OffsetDateTime.parse("2024-01-14T14:00:00Z"));
    }

    @Test
    void the_last_of_two_equal_members_counts() {
        assertThat(decode("{\"hostname\":\"a\",\"hostname\":\"b\"}").hostname()).isEqualTo("b");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "[] | it is not a JSON object",
                "{} {} | more follows after the JSON object",
                "{\"time\":5} | its member \"time\" is not a string",
                "{\"tree\":\"abc\"} | not an id (expected 64 lower-case hex digits): abc",
                "{\"paths\":\"/srv\"} | its member \"paths\" is not a list of strings",
                "{\"paths\":[1]} | its member \"paths\" is not a list of strings",
                "{\"paths\":[[\"a\"]]} | its member \"paths\" is not a list of strings",
                "{\"uid\":1.5} | its member \"uid\" is not a whole number of 64 bits",
                "{\"uid\":99999999999999999999} | its member \"uid\" is not a whole number of 64 bits",
                "{\"summary\":[]} | its member \"summary\" is not an object",
                "{\"summary\":{\"files_new\":true}} | its member \"files_new\" is not a whole number of 64 bits",
            })
    void a_wrong_shape_is_named(String json, String reason) {
        assertThatThrownBy(() -> decode(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(reason);
    }

    @Test
    void deep_nesting_is_refused_and_not_followed() {
        assertThatThrownBy(() -> decode("{\"x\":" + "[".repeat(1_000_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("it is not valid JSON: ");
    }

    @Test
    void bytes_that_are_not_utf_8_become_replacement_characters() {
        byte[] json = "{\"hostname\":\"a?b\"}".getBytes(UTF_8);
        json[14] = (byte) 0xff;
        assertThat(SnapshotCodec.decode(json).hostname()).isEqualTo("a\ufffdb");
    }

    @Test
    void random_changes_are_read_or_refused_and_what_is_read_is_stable() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        byte[] good = (FULL + "},\"label\":{\"a\":[1,\"\\n\"]}}").getBytes(UTF_8);
        for (int i = 0; i < 5_000; i++) {
            byte[] changed = good.clone();
            for (int changes = random.nextInt(1, 5); changes > 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                Snapshot snapshot = SnapshotCodec.decode(changed);
                assertThat(SnapshotCodec.decode(SnapshotCodec.encode(snapshot)))
                        .as("seed %d, round %d", seed, i)
                        .isEqualTo(snapshot);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as("seed %d", seed).message().isNotBlank();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[]|",
                "[ ]|",
                "[\"\"]|",
                "[\"a\"]|a",
                "[\"a\",\"b,\"]|a/b,",
                "[ \"a\" ,\"b\" ]|a/b",
                "[\"a\",null]|a/",
                "[\"\\u0061\",\"b\"]|a/b",
                "[\"a\\\"b\"]|a\"b",
                "[\"ü€😀\"]|ü€😀"
            })
    void lists_are_read_however_they_are_written(String list, @Nullable String joined) {
        byte[] json = "{\"tags\":%s}".formatted(list).getBytes(UTF_8);
        assertThat(String.join("/", SnapshotCodec.decode(json).tags())).isEqualTo(joined == null ? "" : joined);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5", "\"a\"", "{\"a\":1}", "[1]", "[[\"a\"]]", "true"})
    void what_is_no_list_of_strings_is_refused(String value) {
        byte[] json = "{\"tags\":%s}".formatted(value).getBytes(UTF_8);
        assertThatThrownBy(() -> SnapshotCodec.decode(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("its member \"tags\" is not a list of strings");
    }
}
