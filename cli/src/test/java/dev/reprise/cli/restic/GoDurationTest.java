package dev.reprise.cli.restic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, PT0S",
        "10s, PT10S",
        "1h30m, PT1H30M",
        "1.5s, PT1.5S",
        "250ms, PT0.25S",
        "2us3ns, PT0.000002003S",
        ".5m, PT30S"
    })
    void what_go_writes_is_read(String text, Duration expected) {
        assertThat(GoDuration.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "m", "-5m", "5 m", "5d", "1h-3m", "99999999999999h"})
    void anything_else_is_refused(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text)).hasMessageContaining("invalid duration \"" + text + "\"");
    }
}
