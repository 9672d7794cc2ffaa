package dev.reprise.storage.s3;

import java.security.SecureRandom;
import java.util.HexFormat;

/// Names of objects nobody else has. Safe for use by many threads.
final class ProbeNames {
    private final SecureRandom random;

    ProbeNames(SecureRandom random) {
        this.random = random;
    }

    /// Below the repository's root.
    String next() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return "reprise/probe/" + HexFormat.of().formatHex(bytes);
    }
}
