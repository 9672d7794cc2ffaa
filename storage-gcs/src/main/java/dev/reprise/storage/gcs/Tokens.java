package dev.reprise.storage.gcs;

import dev.reprise.storage.gcs.TokenSource.Token;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/// The token in use: fetched when first needed, and again five minutes before it ends. Safe for
/// many threads; one fetches, the others wait for it.
final class Tokens {
    private static final Duration BEFORE_THE_END = Duration.ofMinutes(5);

    private final TokenSource source;
    private final InstantSource clock;
    private @Nullable Token current;

    Tokens(TokenSource source, InstantSource clock) {
        this.source = source;
        this.clock = clock;
    }

    synchronized String value() throws IOException {
        Token known = current;
        if (known == null || clock.instant().isAfter(known.expires().minus(BEFORE_THE_END))) {
            known = source.fetch();
            current = known;
        }
        return known.value();
    }

    /// The service does not accept it any more, whatever its end.
    synchronized void refused(String value) {
        Token known = current;
        if (known != null && known.value().equals(value)) {
            current = null;
        }
    }
}
