package dev.reprise.storage.gcs;

import dev.reprise.storage.web.Json;
import dev.reprise.storage.web.TokenExchange;
import dev.reprise.storage.web.TokenSource;
import java.io.IOException;
import java.util.Map;

/// A person who has logged in with `gcloud auth application-default login`.
///
/// @param file holds the refresh token
record AuthorizedUser(Json file, TokenExchange exchange) implements TokenSource {
    @Override
    public Token fetch() throws IOException {
        String server = file.text("token_uri");
        return exchange.ask(
                server.isEmpty() ? "https://oauth2.googleapis.com/token" : server,
                Map.of(
                        "grant_type", "refresh_token",
                        "refresh_token", file.text("refresh_token"),
                        "client_id", file.text("client_id"),
                        "client_secret", file.text("client_secret")));
    }
}
