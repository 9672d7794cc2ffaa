package dev.reprise.storage.gcs;

import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.web.TokenExchange;
import dev.reprise.storage.web.TokenRefusedException;
import dev.reprise.storage.web.TokenSource;
import dev.reprise.storage.web.Web;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;

/// The account of a virtual machine or a GKE pod, from the metadata server beside it.
record MachineAccount(PlaceSettings settings, Web web) implements TokenSource {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @Override
    public Token fetch() throws IOException {
        String named = settings.variable("GCE_METADATA_HOST");
        String host = named.isEmpty() ? "169.254.169.254" : named;
        HttpRequest request = web.to(
                        URI.create("http://" + host + "/computeMetadata/v1/instance/service-accounts/default/token"))
                .header("Metadata-Flavor", "Google")
                .timeout(PATIENCE)
                .build();
        try {
            return new TokenExchange(web, settings.clock()).token(TokenExchange.answer(web, request));
        } catch (TokenRefusedException e) {
            throw e;
        } catch (IOException e) {
            throw new TokenRefusedException(
                    "there are no credentials for Google Cloud, and this is no machine of Google's");
        }
    }
}
