package dev.reprise.repository.chunk;

import java.util.random.RandomGenerator;

/// An irreducible polynomial over GF(2) of degree 53, as a bit pattern.
public record Polynomial(long bits) {
    /// @throws IllegalArgumentException if the degree is not 53 or the polynomial is reducible
    public Polynomial {
        throw new IllegalStateException("not built yet");
    }

    /// Reads the lower-case hexadecimal form of the configuration: `3da3358b4dc173`.
    public static Polynomial parse(String hex) {
        throw new IllegalStateException("not built yet");
    }

    /// Draws one at random (section 4.4).
    public static Polynomial random(RandomGenerator random) {
        throw new IllegalStateException("not built yet");
    }

    public String hex() {
        throw new IllegalStateException("not built yet");
    }
}
