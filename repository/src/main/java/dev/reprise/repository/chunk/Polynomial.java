package dev.reprise.repository.chunk;

import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// An irreducible polynomial over GF(2) of degree 53, as a bit pattern.
public record Polynomial(long bits) {
    static final int DEGREE = 53;

    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{1,16}");
    /// About one of 27 candidates is irreducible: this many draws without one mean a broken random source.
    private static final int MAX_DRAWS = 100_000;

    /// @throws IllegalArgumentException if the degree is not 53 or the polynomial is reducible
    public Polynomial {
        if (degree(bits) != DEGREE) {
            throw new IllegalArgumentException(
                    "chunker polynomial %x has degree %d, not 53".formatted(bits, degree(bits)));
        }
        if (!irreducible(bits)) {
            throw new IllegalArgumentException("chunker polynomial %x is reducible".formatted(bits));
        }
    }

    /// Reads the hexadecimal form of the configuration: `3da3358b4dc173`. Upper case is accepted as restic does.
    ///
    /// @throws IllegalArgumentException if the text is no such polynomial; repeats the text
    public static Polynomial parse(String hex) {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a chunker polynomial (expected like 3da3358b4dc173): " + hex);
        }
        return new Polynomial(Long.parseUnsignedLong(hex, 16));
    }

    /// Draws one at random (section 4.4).
    public static Polynomial random(RandomGenerator random) {
        for (int draw = 0; draw < MAX_DRAWS; draw++) {
            long candidate = (random.nextLong() & ((1L << DEGREE) - 1)) | (1L << DEGREE) | 1;
            if (irreducible(candidate)) {
                return new Polynomial(candidate);
            }
        }
        throw new IllegalStateException("no irreducible polynomial in " + MAX_DRAWS + " draws: random source broken");
    }

    public String hex() {
        return Long.toHexString(bits);
    }

    /// Position of the highest bit set; -1 for 0.
    static int degree(long polynomial) {
        return 63 - Long.numberOfLeadingZeros(polynomial);
    }

    /// Remainder of the division of `x` by `divisor` over GF(2).
    static long mod(long x, long divisor) {
        int degree = degree(divisor);
        long rest = x;
        for (int excess = degree(rest) - degree; excess >= 0; excess = degree(rest) - degree) {
            rest ^= divisor << excess;
        }
        return rest;
    }

    /// Ben-Or's test: no factor of degree i divides x^(2^i) - x, for every i up to half the degree.
    private static boolean irreducible(long polynomial) {
        long power = 2; // x^(2^0)
        for (int i = 1; i <= degree(polynomial) / 2; i++) {
            power = squareMod(power, polynomial);
            if (greatestCommonDivisor(polynomial, power ^ 2) != 1) {
                return false;
            }
        }
        return true;
    }

    private static long squareMod(long x, long modulus) {
        long product = 0;
        long shifted = x;
        for (long rest = x; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                product ^= shifted;
            }
            shifted = mod(shifted << 1, modulus);
        }
        return product;
    }

    private static long greatestCommonDivisor(long a, long b) {
        long larger = a;
        long smaller = b;
        while (smaller != 0) {
            long rest = mod(larger, smaller);
            larger = smaller;
            smaller = rest;
        }
        return larger;
    }
}
