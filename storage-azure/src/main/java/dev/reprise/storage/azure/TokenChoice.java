package dev.reprise.storage.azure;

import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.web.TokenExchange;
import dev.reprise.storage.web.TokenRefusedException;
import dev.reprise.storage.web.TokenSource;
import dev.reprise.storage.web.Tokens;
import dev.reprise.storage.web.Web;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds an identity of Microsoft Entra ID where restic and the vendor's programs look: a secret of the environment, a
/// workload's token in a file, the identity of the machine, who ran `az login`. Certificates are not supported.
final class TokenChoice {
    /// Of every cloud's blob service.
    static final String RESOURCE = "https://storage.azure.com";

    private static final Set<String> TRUE = Set.of("1", "t", "true");
    private static final int LONGEST_FILE = 1 << 20;

    private final PlaceSettings settings;
    private final Web web;
    private final AzureCli cli;
    private final ManagedIdentity machine;

    private TokenChoice(PlaceSettings settings, Web web) {
        this.settings = settings;
        this.web = web;
        this.cli = new AzureCli(settings);
        this.machine = new ManagedIdentity(settings, web);
    }

    static Tokens of(PlaceSettings settings, Web web) {
        return new Tokens(new TokenChoice(settings, web)::found, settings.clock());
    }

    private TokenSource.Token found() throws IOException {
        String force = settings.variable("AZURE_FORCE_CLI_CREDENTIAL").toLowerCase(Locale.ROOT);
        if (TRUE.contains(force)) {
            return cli.fetch();
        }
        if (!settings.variable("AZURE_TENANT_ID").isEmpty()
                && !settings.variable("AZURE_CLIENT_ID").isEmpty()) {
            Map<String, String> proof = proof();
            if (!proof.isEmpty()) {
                return exchanged(proof);
            }
        }
        Optional<TokenSource.Token> own = machine.token();
        return own.isPresent() ? own.get() : cli.fetch();
    }

    /// What shows that we are who `AZURE_CLIENT_ID` says; empty if there is nothing.
    private Map<String, String> proof() throws IOException {
        String secret = settings.variable("AZURE_CLIENT_SECRET");
        if (!secret.isEmpty()) {
            return Map.of("client_secret", secret);
        }
        String file = settings.variable("AZURE_FEDERATED_TOKEN_FILE");
        return file.isEmpty()
                ? Map.of()
                : Map.of(
                        "client_assertion_type",
                        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                        "client_assertion",
                        assertion(settings.workingDirectory().resolve(file)));
    }

    /// Whoever runs the workload writes a new one from time to time.
    private static String assertion(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(LONGEST_FILE), StandardCharsets.US_ASCII).strip();
        } catch (IOException e) {
            throw new TokenRefusedException("the file of AZURE_FEDERATED_TOKEN_FILE cannot be read: " + file);
        }
    }

    private TokenSource.Token exchanged(Map<String, String> proof) throws IOException {
        String named = settings.variable("AZURE_AUTHORITY_HOST");
        String authority = named.isEmpty() ? "https://login.microsoftonline.com" : named.replaceAll("/+$", "");
        Map<String, String> form = new HashMap<>(proof);
        form.put("grant_type", "client_credentials");
        form.put("client_id", settings.variable("AZURE_CLIENT_ID"));
        form.put("scope", RESOURCE + "/.default");
        String tenant = Account.encoded(settings.variable("AZURE_TENANT_ID"));
        return new TokenExchange(web, settings.clock()).ask(authority + "/" + tenant + "/oauth2/v2.0/token", form);
    }
}
