package dev.reprise.storage.azure;

import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.web.TokenExchange;
import dev.reprise.storage.web.TokenRefusedException;
import dev.reprise.storage.web.TokenSource.Token;
import dev.reprise.storage.web.Web;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Optional;

/// The identity of a virtual machine (its instance metadata service), or of an app or container app
/// (`IDENTITY_ENDPOINT`). Of several the one `AZURE_CLIENT_ID` names. Belongs to one thread at a time.
final class ManagedIdentity {
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final PlaceSettings settings;
    private final Web web;
    private boolean known;

    ManagedIdentity(PlaceSettings settings, Web web) {
        this.settings = settings;
        this.web = web;
    }

    /// @return empty if this machine has no such service, or it knows no identity
    /// @throws IOException if it does not answer, but has answered before
    Optional<Token> token() throws IOException {
        try {
            Token token = new TokenExchange(web, settings.clock()).token(TokenExchange.answer(web, request()));
            known = true;
            return Optional.of(token);
        } catch (TokenRefusedException | ConnectException | NoRouteToHostException | HttpTimeoutException e) {
            if (known) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private HttpRequest request() throws IOException {
        String client = settings.variable("AZURE_CLIENT_ID");
        String query = "&resource=" + Account.encoded(TokenChoice.RESOURCE)
                + (client.isEmpty() ? "" : "&client_id=" + Account.encoded(client));
        String endpoint = settings.variable("IDENTITY_ENDPOINT");
        String secret = settings.variable("IDENTITY_HEADER");
        if (!endpoint.isEmpty() && secret.matches("[!-~]+")) {
            return web.to(TokenExchange.safe(endpoint + "?api-version=2019-08-01" + query))
                    .header("X-IDENTITY-HEADER", secret)
                    .timeout(PATIENCE)
                    .build();
        }
        String named = settings.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST");
        String host = named.isEmpty() ? "http://169.254.169.254" : named.replaceAll("/+$", "");
        URI uri = TokenExchange.safe(host + "/metadata/identity/oauth2/token?api-version=2018-02-01" + query);
        return web.to(uri).header("Metadata", "true").timeout(PATIENCE).build();
    }
}
