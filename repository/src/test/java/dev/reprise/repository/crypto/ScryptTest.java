package dev.reprise.repository.crypto;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.generators.SCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScryptTest {
    @Test
    void the_key_of_a_restic_repository_is_derived() {
        byte[] salt = Base64.getDecoder()
                .decode("iqWT3IgP4Y1Y2lJsUB+qdxj5pWfoRxfIKlRdzAX0nEff1NoYPNHjPEFRUuYujM0IlTHcP0pQIkP+e2IBqttLRA==");
        byte[] key = Scrypt.derive("holdfast-fixture".getBytes(UTF_8), salt, new ScryptParameters(32_768, 8, 10), 64);
        assertThat(HexFormat.of().formatHex(key))
                .isEqualTo("9b3eb74ca9350959c4d393b83db83f97774dcc45b19f884c0275ae1157de33c2"
                        + "275fe96ce74ccf7d0925935c8409767b"
                        + "4be748dbbf9892739e08b374b1ea6c5c");
    }

    @Test
    void the_examples_of_rfc_7914() {
        assertThat(HexFormat.of()
                        .formatHex(Scrypt.derive(new byte[0], new byte[0], new ScryptParameters(16, 1, 1), 64)))
                .isEqualTo("77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
                        + "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
        byte[] nacl = Scrypt.derive(
                "password".getBytes(UTF_8), "NaCl".getBytes(UTF_8), new ScryptParameters(1024, 8, 16), 64);
        assertThat(HexFormat.of().formatHex(nacl))
                .isEqualTo("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                        + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
    }

    @Test
    void random_costs_agree_with_an_independent_implementation() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            ScryptParameters costs =
                    new ScryptParameters(1 << random.nextInt(1, 9), random.nextInt(1, 12), random.nextInt(1, 7));
            byte[] password = new byte[random.nextInt(100)];
            byte[] salt = new byte[random.nextInt(80)];
            random.nextBytes(password);
            random.nextBytes(salt);
            int length = random.nextInt(1, 100);
            assertThat(Scrypt.derive(password, salt, costs, length))
                    .as("seed %d: %s", seed, costs)
                    .isEqualTo(SCrypt.generate(password, salt, costs.n(), costs.r(), costs.p(), length));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1, 1",
        "2, 1, 1024",
        "16384, 8, 1",
        "131072, 8, 1",
        "32768, 8, 10",
        "32768, 8, 1024",
        "1048576, 8, 1"
    })
    void costs_that_programs_really_write_are_accepted(int n, int r, int p) {
        assertThat(new ScryptParameters(n, r, p).laneBytes()).isEqualTo(128L * n * r);
    }

    @ParameterizedTest
    @CsvSource({"0, 8, 1", "1, 8, 1", "3, 8, 1", "-2147483648, 8, 1", "32768, 0, 1", "32768, 8, 0", "32768, -8, 1"})
    void costs_that_are_not_legal_are_refused(int n, int r, int p) {
        assertThatThrownBy(() -> new ScryptParameters(n, r, p))
                .hasMessage("scrypt cannot run with N=%d r=%d p=%d".formatted(n, r, p));
    }

    @ParameterizedTest
    @CsvSource({
        "1073741824, 8, 1",
        "2, 1073741824, 1",
        "2, 2147483647, 2147483647",
        "1073741824, 2147483647, 2147483647",
        "2, 1, 1073741824",
        "1048576, 8, 512",
        "2097152, 8, 1"
    })
    void costs_that_would_exhaust_the_machine_are_refused(int n, int r, int p) {
        assertThatThrownBy(() -> new ScryptParameters(n, r, p))
                .hasMessageStartingWith("scrypt with N=%d r=%d p=%d needs more than".formatted(n, r, p));
    }
}
