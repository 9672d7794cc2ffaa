package dev.reprise.cli.restic;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GoTextTest {
    @ParameterizedTest
    @CsvSource({
        "2147484141, drwxr-xr-x",
        "420, -rw-r--r--",
        "134218239, Lrwxrwxrwx",
        "67109280, Drw-r-----",
        "69206436, Dcrw-r--r--",
        "33554852, prw-r--r--",
        "12583405, ugrwxr-xr-x",
        "2148532735, dtrwxrwxrwx",
        "0, ----------"
    })
    void modes_have_go_s_letters(long mode, String text) {
        assertThat(GoText.mode(mode)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.000 KiB",
        "1010341, 986.661 KiB",
        "5243055, 5.000 MiB",
        "1073741824, 1.000 GiB",
        "1099511627776, 1.000 TiB",
        "1125899906842624, 1024.000 TiB",
        "-1, 16777216.000 TiB"
    })
    void sizes_have_three_decimals(long bytes, String text) {
        assertThat(GoText.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "100, 100",
        "69.11576511043513, 69.11576511043513",
        "12345678.5, 12345678.5",
        "0.001, 0.001",
        "1e-7, 1e-7",
        "1.5e-9, 1.5e-9",
        "1e20, 100000000000000000000",
        "1e21, 1e+21",
        "-3.25, -3.25"
    })
    void numbers_in_json_are_go_s(double value, String text) {
        assertThat(GoText.number(value)).isEqualTo(text);
    }
}
