package dev.reprise.repository.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoTimeTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, 1970-01-01T00:00:00Z",
        "-1, 0, 0, 1969-12-31T23:59:59Z",
        "-1, 500000000, 0, 1969-12-31T23:59:59.5Z",
        "1700000001, 123456789, 0, 2023-11-14T22:13:21.123456789Z",
        "1720000000, 1, 0, 2024-07-03T09:46:40.000000001Z",
        "1700000000, 120000000, 3600, 2023-11-14T23:13:20.12+01:00",
        "1700000000, 0, -34200, 2023-11-14T12:43:20-09:30",
        "4102444800, 0, 0, 2100-01-01T00:00:00Z",
        "951782400, 0, 0, 2000-02-29T00:00:00Z",
        "1709251199, 0, 0, 2024-02-29T23:59:59Z",
    })
    void instants_are_written_as_go_does(long second, int nano, int offset, String text) {
        assertThat(GoTime.format(second, nano, offset)).isEqualTo(text);
        assertThat(GoTime.parse(text)).isEqualTo(new GoTime(second, nano, offset));
    }

    @Test
    void seconds_of_an_offset_are_dropped_while_the_wall_clock_keeps_them() {
        // Kathmandu until 1920: +05:41:16
        assertThat(GoTime.format(-2_000_000_000, 0, 20_476)).isEqualTo("1906-08-17T02:07:56+05:41");
        assertThat(GoTime.parse("1906-08-17T02:07:56+05:41").epochSecond()).isEqualTo(-2_000_000_000 + 16);
        assertThat(GoTime.format(0, 0, 30)).isEqualTo("1970-01-01T00:00:30+00:00");
        assertThat(GoTime.format(0, 0, -30)).isEqualTo("1969-12-31T23:59:30+00:00");
        assertThat(GoTime.format(0, 0, -61)).isEqualTo("1969-12-31T23:58:59-00:01");
    }

    @Test
    void years_outside_four_digits_are_moved_and_keep_day_and_time() {
        long year10000 = LocalDateTime.of(10_000, 5, 6, 7, 8, 9).toEpochSecond(ZoneOffset.UTC);
        long year12000LeapDay = LocalDateTime.of(12_000, 2, 29, 1, 2, 3).toEpochSecond(ZoneOffset.UTC);
        long yearBelowZero = LocalDateTime.of(-44, 3, 15, 12, 0, 0).toEpochSecond(ZoneOffset.UTC);
        assertThat(GoTime.format(year10000, 5, 0)).isEqualTo("9999-05-06T07:08:09.000000005Z");
        assertThat(GoTime.format(year12000LeapDay, 0, 0)).isEqualTo("9999-03-01T01:02:03Z");
        assertThat(GoTime.format(yearBelowZero, 0, 0)).isEqualTo("0000-03-15T12:00:00Z");
        assertThat(GoTime.format(Long.MAX_VALUE, 999_999_999, 86_399)).startsWith("9999-");
        assertThat(GoTime.format(Long.MIN_VALUE, 0, -86_399)).startsWith("0000-");
    }

    @Test
    void years_0_and_1_are_read_back() {
        assertThat(GoTime.parse("0001-01-01T00:00:00Z")).isEqualTo(new GoTime(-62_135_596_800L, 0, 0));
        assertThat(GoTime.parse("0000-02-29T00:00:00Z").toString()).isEqualTo("0000-02-29T00:00:00Z");
    }

    @Test
    void digits_after_the_ninth_are_dropped() {
        assertThat(GoTime.parse("2024-01-15T10:00:00.1234567899999+01:00"))
                .isEqualTo(new GoTime(1_705_309_200, 123_456_789, 3600));
    }

    @Test
    void plus_zero_is_the_same_as_z() {
        assertThat(GoTime.parse("2024-01-15T10:00:00+00:00")).isEqualTo(GoTime.parse("2024-01-15T10:00:00Z"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "2024-01-15",
                "2024-01-15T10:00:00",
                "2024-01-15 10:00:00Z",
                "2024-1-15T10:00:00Z",
                "2024-13-15T10:00:00Z",
                "2023-02-29T10:00:00Z",
                "2024-04-31T10:00:00Z",
                "2024-01-00T10:00:00Z",
                "2024-01-15T24:00:00Z",
                "2024-01-15T10:60:00Z",
                "2024-01-15T10:00:60Z",
                "2024-01-15T10:00:00.Z",
                "2024-01-15T10:00:00,5Z",
                "2024-01-15T10:00:00+1:00",
                "2024-01-15T10:00:00+01:60",
                "2024-01-15T10:00:00+25:00",
                "2024-01-15T10:00:00ZZ",
                "-024-01-15T10:00:00Z",
                "12024-01-15T10:00:00Z",
                "2024-01-15T10:00:00+01:0٠",
            })
    void anything_else_is_refused_with_its_text(String text) {
        assertThatThrownBy(() -> GoTime.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a time (expected like 2024-01-15T10:00:00.5+01:00): " + text);
    }

    @Test
    void random_instants_agree_with_the_calendar_of_the_platform_and_come_back() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            long second = random.nextLong(-62_167_132_800L, 253_402_214_400L);
            int nano = random.nextInt(3) == 0 ? 0 : random.nextInt(1_000_000_000);
            int offset = random.nextInt(-18 * 60, 18 * 60 + 1) * 60;
            OffsetDateTime oracle = Instant.ofEpochSecond(second, nano).atOffset(ZoneOffset.ofTotalSeconds(offset));
            String wholeSeconds =
                    DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").format(oracle);
            String text = GoTime.format(second, nano, offset);
            assertThat(text).as("seed %d, round %d", seed, i).startsWith(wholeSeconds);
            assertThat(GoTime.parse(text)).as("seed %d, round %d", seed, i).isEqualTo(new GoTime(second, nano, offset));
        }
    }

    @Test
    void random_text_is_read_or_refused() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        String letters = "0123456789-:TZ.+ tz,é";
        for (int i = 0; i < 50_000; i++) {
            StringBuilder text = new StringBuilder("2024-01-15T10:00:00.123+01:00");
            for (int changes = random.nextInt(1, 4); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.setCharAt(at, letters.charAt(random.nextInt(letters.length())));
                    case 1 -> text.deleteCharAt(at);
                    default -> text.insert(at, letters.charAt(random.nextInt(letters.length())));
                }
            }
            try {
                GoTime time = GoTime.parse(text.toString());
                assertThat(GoTime.parse(time.toString())).as("seed %d", seed).isEqualTo(time);
            } catch (IllegalArgumentException refused) {
                assertThat(refused).as("seed %d", seed).hasMessageStartingWith("not a time");
            }
        }
    }
}
