package dev.reprise.operations.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class RetentionSpanTest {
    private static String before(String span, String time) {
        return RetentionSpan.parse(span)
                .before(OffsetDateTime.parse(time), ZoneOffset.UTC)
                .toString();
    }

    @Test
    void units_stand_in_any_order_and_the_last_of_a_kind_counts() {
        assertThat(RetentionSpan.parse("1y5m7d2h")).isEqualTo(new RetentionSpan(1, 5, 7, 2));
        assertThat(RetentionSpan.parse("2h7d5m1y")).isEqualTo(new RetentionSpan(1, 5, 7, 2));
        assertThat(RetentionSpan.parse("3d4d")).isEqualTo(new RetentionSpan(0, 0, 4, 0));
        assertThat(RetentionSpan.parse("")).isEqualTo(RetentionSpan.NONE);
        assertThat(RetentionSpan.parse("0d").isNone()).isTrue();
    }

    @Test
    void it_is_written_as_restic_writes_it() {
        assertThat(RetentionSpan.parse("7d1y2h5m")).hasToString("1y5m7d2h");
        assertThat(RetentionSpan.parse("0y3d")).hasToString("3d");
    }

    @Test
    void a_number_without_unit_an_unknown_unit_and_a_negative_number_are_refused() {
        assertThatThrownBy(() -> RetentionSpan.parse("5")).hasMessage("no unit found after number 5");
        assertThatThrownBy(() -> RetentionSpan.parse("5w")).hasMessage("invalid unit 'w' found after number 5");
        assertThatThrownBy(() -> RetentionSpan.parse("d")).hasMessage("no number found");
        assertThatThrownBy(() -> RetentionSpan.parse("-5d"))
                .hasMessage("durations containing negative values are not allowed for --keep-within*");
    }

    @Test
    void a_month_before_the_31st_overflows_into_the_next() {
        assertThat(before("1m", "2024-03-31T12:00:00Z")).isEqualTo("2024-03-02T12:00:00Z");
        assertThat(before("1m", "2023-03-31T12:00:00Z")).isEqualTo("2023-03-03T12:00:00Z");
        assertThat(before("1y", "2024-02-29T00:00:00Z")).isEqualTo("2023-03-01T00:00:00Z");
        assertThat(before("13m", "2024-01-15T00:00:00Z")).isEqualTo("2022-12-15T00:00:00Z");
    }

    @Test
    void calendar_units_are_subtracted_by_the_stored_offset() {
        assertThat(before("1d2h", "2024-03-01T01:00:00+05:30")).isEqualTo("2024-02-28T17:30:00Z");
    }

    @Test
    void when_the_offset_is_that_of_this_machine_its_clock_changes_count() {
        var time = OffsetDateTime.parse("2024-07-01T12:00:00+02:00");
        RetentionSpan half = RetentionSpan.parse("6m");

        assertThat(half.before(time, ZoneId.of("Europe/Berlin"))).isEqualTo(Instant.parse("2024-01-01T11:00:00Z"));
        assertThat(half.before(time, ZoneOffset.UTC)).isEqualTo(Instant.parse("2024-01-01T10:00:00Z"));
    }

    @Test
    void absurd_lengths_reach_back_before_all_history() {
        var time = OffsetDateTime.parse("2024-07-01T12:00:00Z");

        assertThat(RetentionSpan.parse("99999999999999y9999999999m99999999999d9999999999h")
                        .before(time, ZoneOffset.UTC))
                .isBefore(Instant.parse("0001-01-01T00:00:00Z"));
    }
}
