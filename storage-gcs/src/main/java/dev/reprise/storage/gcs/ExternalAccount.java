package dev.reprise.storage.gcs;

import dev.reprise.storage.web.Json;
import dev.reprise.storage.web.TokenExchange;
import dev.reprise.storage.web.TokenRefusedException;
import dev.reprise.storage.web.TokenSource;
import dev.reprise.storage.web.Web;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;

/// Workload identity: a token of another issuer (Kubernetes, GitLab, Azure), from a file or a
/// URL, is exchanged for one of Google's (RFC 8693), then perhaps for one of a service account.
///
/// @param file   of type `external_account`; holds no secret itself
/// @param folder relative paths start here
record ExternalAccount(Json file, Path folder, Web web, TokenExchange exchange) implements TokenSource {
    private static final String CLOUD = "https://www.googleapis.com/auth/cloud-platform";
    private static final int LONGEST_TOKEN = 1 << 20;

    @Override
    public Token fetch() throws IOException {
        Token exchanged = exchange.ask(
                file.text("token_url"),
                Map.of(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:token-exchange",
                        "audience",
                        file.text("audience"),
                        "scope",
                        CLOUD,
                        "requested_token_type",
                        "urn:ietf:params:oauth:token-type:access_token",
                        "subject_token",
                        subjectToken(),
                        "subject_token_type",
                        file.text("subject_token_type")));
        String impersonate = file.text("service_account_impersonation_url");
        return impersonate.isEmpty() ? exchanged : impersonated(impersonate, exchanged);
    }

    private String subjectToken() throws IOException {
        Json source = file.object("credential_source");
        byte[] content;
        if (!source.text("file").isEmpty()) {
            content = fromFile(folder.resolve(source.text("file")));
        } else if (!source.text("url").isEmpty()) {
            content = fromUrl(source);
        } else {
            throw new TokenRefusedException(
                    "workload identity with neither a file nor a URL as its source of tokens is not supported");
        }
        Json format = source.object("format");
        if (!format.text("type").equals("json")) {
            return new String(content, StandardCharsets.UTF_8).strip();
        }
        String token = Json.parse(content).text(format.text("subject_token_field_name"));
        if (token.isEmpty()) {
            throw new TokenRefusedException("the source of workload identity gives no token");
        }
        return token;
    }

    private static byte[] fromFile(Path source) throws TokenRefusedException {
        try (var in = Files.newInputStream(source)) {
            return in.readNBytes(LONGEST_TOKEN);
        } catch (IOException e) {
            throw new TokenRefusedException("the token file of workload identity cannot be read: " + source);
        }
    }

    private byte[] fromUrl(Json source) throws IOException {
        HttpRequest.Builder request = web.to(TokenExchange.safe(source.text("url")));
        source.object("headers").members().forEach((name, value) -> request.header(name, String.valueOf(value)));
        Web.Answer answer = web.send(request.build(), web.watch());
        byte[] body = answer.bytes();
        if (answer.status() != 200) {
            throw new IOException("status " + answer.status() + " of the source of workload identity");
        }
        return body;
    }

    private Token impersonated(String server, Token own) throws IOException {
        HttpRequest request = web.to(TokenExchange.safe(server))
                .header("Authorization", "Bearer " + own.value())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"scope\":[" + Json.quoted(CLOUD) + "],\"lifetime\":\"3600s\"}"))
                .build();
        Json answer = TokenExchange.answer(web, request);
        try {
            return new Token(answer.text("accessToken"), Instant.parse(answer.text("expireTime")));
        } catch (DateTimeParseException e) {
            throw new TokenRefusedException("the answer about the service account holds no token");
        }
    }
}
