package dev.reprise.storage.web;

import java.io.IOException;

/// Credentials that cannot be used or were not accepted. The message names no secret.
public final class TokenRefusedException extends IOException {
    private static final long serialVersionUID = 1;

    public TokenRefusedException(String fact) {
        super(fact);
    }
}
