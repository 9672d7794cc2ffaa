package dev.reprise.mount;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoTimeLayoutTest {
    /// What restic 0.19.1 made of it for the two times.
    private static final String EVERYTHING = "Monday Mon January Jan 1 01 002 2 _2 __2 02 15 3 03 4 04 5 05 2006 _2006"
            + " 06 PM pm MST -0700 -07:00 -07 -070000 -07:00:00 Z0700 Z07:00 Z07 Z07:00:00 .000 .999 ,000000 .000000000"
            + " 5.99 Janet 22 .0001";

    @Test
    void every_part_is_written_as_restic_writes_it_in_utc() {
        var layout = new GoTimeLayout(EVERYTHING, ZoneId.of("America/New_York"));
        assertThat(layout.format(OffsetDateTime.parse("2026-11-21T20:02:12.279365684Z")))
                .isEqualTo("Saturday Sat November Nov 11 11 325 21 21 325 21 20 8 08 2 02 12 12 2026 _2026 26 PM pm UTC"
                        + " +0000 +00:00 +00 +000000 +00:00:00 Z Z Z Z .279 .279 ,279365 .279365684 12.27 Janet 2121"
                        + " .0011");
    }

    @Test
    void every_part_is_written_as_restic_writes_it_in_another_zone() {
        var layout = new GoTimeLayout(EVERYTHING, ZoneId.of("UTC"));
        assertThat(layout.format(OffsetDateTime.parse("2026-07-04T03:04:05+05:30")))
                .isEqualTo("Saturday Sat July Jul 7 07 185 4  4 185 04 03 3 03 4 04 5 05 2026 _2026 26 AM am +0530"
                        + " +0530 +05:30 +05 +053000 +05:30:00 +0530 +05:30 +05 +05:30:00 .000  ,000000 .000000000 5"
                        + " Janet 44 .0007");
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"2026-07-04T03:04:05+02:00, CEST", "2026-01-04T03:04:05+01:00, CET", "2026-01-04T03:04:05-03:00, -03"})
    void a_time_with_the_local_offset_has_the_name_of_the_local_zone(String time, String name) {
        assertThat(new GoTimeLayout("MST", ZoneId.of("Europe/Berlin")).format(OffsetDateTime.parse(time)))
                .isEqualTo(name);
    }

    @Test
    void digits_are_ascii_whatever_the_language_of_the_machine() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            var layout = new GoTimeLayout("2006-01-02T15:04:05.000Z07:00 002 __2 _2006", ZoneId.of("UTC"));
            assertThat(layout.format(OffsetDateTime.parse("2026-07-04T03:04:05.25+05:30")))
                    .isEqualTo("2026-07-04T03:04:05.250+05:30 185 185 _2026");
        } finally {
            Locale.setDefault(before);
        }
    }

    @Test
    void midnight_and_noon_are_twelve() {
        var layout = new GoTimeLayout("3PM", ZoneId.of("UTC"));
        assertThat(layout.format(OffsetDateTime.parse("2026-07-04T00:00:00Z"))).isEqualTo("12AM");
        assertThat(layout.format(OffsetDateTime.parse("2026-07-04T12:00:00Z"))).isEqualTo("12PM");
    }
}
