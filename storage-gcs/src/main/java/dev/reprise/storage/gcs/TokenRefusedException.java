package dev.reprise.storage.gcs;

import java.io.IOException;

/// Credentials that cannot be used or were not accepted. The message names no secret.
final class TokenRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    TokenRefusedException(String fact) {
        super(fact);
    }
}
