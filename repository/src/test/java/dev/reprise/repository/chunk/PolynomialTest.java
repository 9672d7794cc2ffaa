package dev.reprise.repository.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A chunker polynomial")
class PolynomialTest {
    @ParameterizedTest
    @ValueSource(strings = {"3da3358b4dc173", "2cfb143aab3efb", "22253083f96b27", "3c9b2077a6c833"})
    void of_a_real_repository_is_accepted_and_written_as_it_was(String hex) {
        assertThat(Polynomial.parse(hex).hex()).isEqualTo(hex);
    }

    @Test
    void in_upper_case_is_accepted() {
        assertThat(Polynomial.parse("3DA3358B4DC173").hex()).isEqualTo("3da3358b4dc173");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0x3da3358b4dc173", "3da3358b4dc173 ", "+3da3358b4dc173", "13da3358b4dc173000", "zz"})
    void that_is_no_number_is_refused_with_the_text(String text) {
        assertThatThrownBy(() -> Polynomial.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a chunker polynomial")
                .hasMessageEndingWith(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "7", "10000000000009", "7da3358b4dc173", "ffffffffffffffff"})
    void of_another_degree_is_refused(String hex) {
        assertThatThrownBy(() -> Polynomial.parse(hex))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("degree")
                .hasMessageContaining("not 53");
    }

    /// The first is divisible by x, the second by x + 1 (an even number of terms), the third is (x^26 + x + 1)
    /// times (x^27 + x^5 + x^2 + x + 1).
    @ParameterizedTest
    @ValueSource(strings = {"3da3358b4dc172", "3da3358b4dc171", "20000084000069"})
    void with_factors_is_refused(String hex) {
        assertThatThrownBy(() -> Polynomial.parse(hex))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("reducible");
    }

    /// Of the polynomials of degree 53 with constant term 1, one in 26.5 is irreducible: there are
    /// (2^53 - 2) / 53 irreducible ones.
    @Test
    void is_irreducible_as_often_as_theory_says() {
        var random = new Random(20261121);
        int irreducible = 0;
        for (int i = 0; i < 20_000; i++) {
            long bits = (random.nextLong() & ((1L << 53) - 1)) | (1L << 53) | 1;
            irreducible += accepted(bits) ? 1 : 0;
        }
        assertThat(irreducible).isBetween(640, 870);
    }

    @Test
    void is_drawn_at_random() {
        var random = new Random(1);
        Set<Polynomial> drawn = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            drawn.add(Polynomial.random(random));
        }
        assertThat(drawn).hasSize(50).allSatisfy(one -> assertThat(one.hex()).hasSize(14));
    }

    private static boolean accepted(long bits) {
        try {
            return new Polynomial(bits).bits() == bits;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
