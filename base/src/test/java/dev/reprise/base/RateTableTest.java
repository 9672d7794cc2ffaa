package dev.reprise.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalTime;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTableTest {
    private static final OptionalLong UNLIMITED = OptionalLong.empty();

    private static OptionalLong at(String table, String moment) {
        return RateTable.parse(table).at(LocalTime.parse(moment));
    }

    @Test
    void a_rate_alone_holds_all_day() {
        assertThat(at("512 KiB/s", "03:00:00")).hasValue(524_288);
        assertThat(at("2MiB/s", "15:00:00")).hasValue(2_097_152);
        assertThat(at("unlimited", "15:00:00")).isEqualTo(UNLIMITED);
    }

    @Test
    void a_span_holds_from_its_first_moment_to_before_its_last() {
        String table = "08:00-18:00 512 KiB/s, else unlimited";
        assertThat(at(table, "07:59:59.999")).isEqualTo(UNLIMITED);
        assertThat(at(table, "08:00:00")).hasValue(524_288);
        assertThat(at(table, "17:59:59.999")).hasValue(524_288);
        assertThat(at(table, "18:00:00")).isEqualTo(UNLIMITED);
    }

    @Test
    void a_span_may_go_over_midnight_or_end_with_the_day() {
        assertThat(at("22:00-06:00 1MiB/s, else 100KiB/s", "23:00:00")).hasValue(1_048_576);
        assertThat(at("22:00-06:00 1MiB/s, else 100KiB/s", "05:59:00")).hasValue(1_048_576);
        assertThat(at("22:00-06:00 1MiB/s, else 100KiB/s", "06:00:00")).hasValue(102_400);
        assertThat(at("18:00-24:00 1MiB/s", "23:59:59")).hasValue(1_048_576);
        assertThat(at("18:00-24:00 1MiB/s", "00:00:00")).isEqualTo(UNLIMITED);
    }

    @Test
    void it_knows_whether_it_limits_anything() {
        assertThat(RateTable.UNLIMITED.isUnlimited()).isTrue();
        assertThat(RateTable.parse("08:00-18:00 unlimited").isUnlimited()).isTrue();
        assertThat(RateTable.parse("08:00-18:00 1KiB/s").isUnlimited()).isFalse();
        assertThat(RateTable.parse("08:00-18:00 unlimited, else 1KiB/s").isUnlimited())
                .isFalse();
    }

    @Test
    void it_is_shown_as_it_is_written() {
        assertThat(RateTable.parse("08:00-18:00 512KiB/s,22:00-24:00 unlimited,else 1000/s"))
                .hasToString("08:00-18:00 512KiB/s, 22:00-00:00 unlimited, else 1000/s");
        RateTable table = RateTable.parse("22:00-24:00 3MiB/s");
        assertThat(RateTable.parse(table.toString())).isEqualTo(table);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "512KiB; \"512KiB\" is no rate",
                "fast; \"fast\" is no rate",
                "0/s; would let nothing through",
                "-1KiB/s; not a size",
                "08:00-18:00; \"08:00-18:00\" is no rate",
                "08:00-18:00 x/s; not a size",
                "25:00-26:00 1KiB/s; \"25:00\" is no time of day",
                "08:00-08:00 1KiB/s; is no time",
                "08:00-18:00 1KiB/s, 17:00-20:00 2KiB/s; 17:00-20:00 overlaps 08:00-18:00",
                "22:00-06:00 1KiB/s, 05:00-07:00 2KiB/s; 05:00-07:00 overlaps 22:00-06:00",
                "08:00-18:00 1KiB/s, 2KiB/s; \"2KiB/s\" is no part of a rate",
                "else 1KiB/s, 08:00-18:00 1KiB/s; \"else 1KiB/s\" is no part of a rate",
                "1KiB/s,; \"1KiB/s\" is no part of a rate"
            })
    void what_is_no_table_is_told(String text, String part) {
        assertThatThrownBy(() -> RateTable.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(part);
    }
}
