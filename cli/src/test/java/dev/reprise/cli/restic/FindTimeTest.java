package dev.reprise.cli.restic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FindTimeTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @CsvSource({
        "2024-03-15, 2024-03-14T23:00:00Z",
        "2024-03-15 10:00, 2024-03-15T09:00:00Z",
        "2024-07-15 10:00:01, 2024-07-15T08:00:01Z",
        "2024-03-15 10:00:00 -0330, 2024-03-15T13:30:00Z",
        "2024-03-15 10:00:00 UTC, 2024-03-15T10:00:00Z",
        "15.03.2024, 2024-03-14T23:00:00Z",
        "15.03.2024 10:00, 2024-03-15T09:00:00Z",
        "15.03.2024 10:00:05, 2024-03-15T09:00:05Z",
        "15.03.2024 10:00:00 +0000, 2024-03-15T10:00:00Z"
    })
    void every_form_restic_takes_is_read(String text, String instant) {
        assertThat(FindTime.parse(text, BERLIN)).hasToString(instant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "2024", "2024-13-01", "2024-02-30", "15.3.2024", "10:00"})
    void anything_else_is_refused(String text) {
        assertThatThrownBy(() -> FindTime.parse(text, BERLIN)).hasMessage("unable to parse time: \"" + text + "\"");
    }
}
