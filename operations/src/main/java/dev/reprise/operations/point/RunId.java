package dev.reprise.operations.point;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Names one run of a job, and the recovery point it makes: 16 lower-case hex digits.
///
/// Known before anything is stored, so that snapshots carry it as the tag `run:<id>`.
public record RunId(String hex) {
    private static final int DIGITS = 16;

    public RunId {
        if (!hex.matches("[0-9a-f]{" + DIGITS + "}")) {
            throw new IllegalArgumentException("not the id of a run (expected 16 lower-case hex digits): " + hex);
        }
    }

    public static RunId random(SecureRandom random) {
        byte[] bytes = new byte[DIGITS / 2];
        random.nextBytes(bytes);
        return new RunId(HexFormat.of().formatHex(bytes));
    }

    /// The first 8 digits: how points are shown to people, and enough to name one.
    public String shortHex() {
        return hex.substring(0, 8);
    }

    @Override
    public String toString() {
        return hex;
    }
}
