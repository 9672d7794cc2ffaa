package dev.reprise.storage.web;

import dev.reprise.storage.web.TokenSource.Token;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// The token in use: fetched when first needed, and again five minutes before it ends. Safe for
/// many threads; one fetches, the others wait for it.
public final class Tokens {
    private static final Duration BEFORE_THE_END = Duration.ofMinutes(5);

    private final TokenSource source;
    private final InstantSource clock;
    private @Nullable Token current;

    public Tokens(TokenSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    /// @throws TokenRefusedException if the credentials are not accepted
    /// @throws IOException           if no answer came
    public synchronized String value() throws IOException {
        Token known = current;
        if (known == null || clock.instant().isAfter(known.expires().minus(BEFORE_THE_END))) {
            known = usable(source.fetch());
            current = known;
        }
        return known.value();
    }

    /// Anything else does not fit into a header, and the client's complaint would show it.
    private static Token usable(Token token) throws TokenRefusedException {
        if (token.value().chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new TokenRefusedException("the access token holds characters that no token has");
        }
        return token;
    }

    /// The service does not accept it any more, whatever its end.
    public synchronized void refused(String value) {
        Token known = current;
        if (known != null && known.value().equals(value)) {
            current = null;
        }
    }
}
