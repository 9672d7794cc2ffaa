package dev.reprise.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Hashes made by the C library's crypt (libxcrypt), and one everybody quotes.
class BcryptTest {
    private static Stream<Arguments> known() {
        return Stream.of(
                Arguments.of("", "$2b$05$abcdefghijklmnopqrstuu0oImNDIy4flhldV9YqunRgBAePKmw7m"),
                Arguments.of("a", "$2a$05$abcdefghijklmnopqrstuu8.veTXNDPV2eEsdpKNczMw2otgh5LnK"),
                Arguments.of("abc123xyz", "$2y$06$R9h/cIPz0gi.URNNX3kh2ONes4n9F3F74rGHZ.qtjJCvfewR/GxeO"),
                Arguments.of("abc123xyz", "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"),
                Arguments.of("x".repeat(72), "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i"),
                Arguments.of("pässwörd €", "$2b$04$......................Tm4ZFLwKnnowy0nHqKyRchitTSj4vLG"),
                Arguments.of("y".repeat(90), "$2y$04$KIUgO2t0jWMUWabcdefghunTJumw4JwsDiTgr0.VA.p/DI5o/CdYi"));
    }

    @ParameterizedTest
    @MethodSource("known")
    void the_password_of_a_known_hash_is_accepted_and_no_other(String password, String hash) {
        assertThat(Bcrypt.isHash(hash)).isTrue();
        assertThat(Bcrypt.matches(hash, password)).isTrue();
        assertThat(Bcrypt.matches(hash, "z" + password)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "$2y$10$short",
                "$2y$99$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
                "$2y$03$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
                "$2x$10$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
                "$apr1$iDdS5Ycl$wMkIgdRpnLoJCLPBn0C1u0"
            })
    void what_is_no_hash_of_a_bearable_cost_is_no_hash(String text) {
        assertThat(Bcrypt.isHash(text)).isFalse();
    }
}
