package dev.reprise.storage.web;

import java.io.IOException;
import java.time.Instant;

/// Where access tokens come from. Each call asks for a new one.
@FunctionalInterface
public interface TokenSource {
    /// @throws TokenRefusedException if the credentials are not accepted
    /// @throws IOException           if no answer came
    Token fetch() throws IOException;

    /// A secret. Its text form does not show it.
    ///
    /// @param expires after which it is not accepted any more
    record Token(String value, Instant expires) {
        @Override
        public String toString() {
            return "token until " + expires;
        }
    }
}
