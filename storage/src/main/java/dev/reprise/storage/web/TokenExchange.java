package dev.reprise.storage.web;

import dev.reprise.storage.web.TokenSource.Token;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Asks a token server (RFC 6749, RFC 7523, RFC 8693).
public final class TokenExchange {
    /// This machine, and the servers beside a virtual one that tell it of itself.
    private static final Pattern NEAR = Pattern.compile("127\\.0\\.0\\.1|localhost|169\\.254\\.\\d{1,3}\\.\\d{1,3}");

    private final Web web;
    private final InstantSource clock;

    public TokenExchange(Web web, InstantSource clock) {
        this.web = web;
        this.clock = clock;
    }

    public InstantSource clock() {
        return clock;
    }

    /// @param server URL from a file of credentials
    /// @param form   holds secrets
    public Token ask(String server, Map<String, String> form) throws IOException {
        String body = form.entrySet().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(field.getValue()))
                .collect(Collectors.joining("&"));
        HttpRequest request = web.to(safe(server))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(body))
                .build();
        return token(answer(web, request));
    }

    /// @throws TokenRefusedException if the server answers with an error that repeating does not
    ///     change
    public static Json answer(Web web, HttpRequest request) throws IOException {
        Web.Answer answer = web.send(request, web.watch());
        byte[] body = answer.bytes();
        String host = request.uri().getHost();
        if (answer.status() == 429 || answer.status() >= 500) {
            throw new IOException("status " + answer.status() + " of " + host + ", which gives tokens");
        }
        if (answer.status() != 200) {
            throw new TokenRefusedException("no token from " + host + ": " + reason(body, answer.status()));
        }
        return Json.parse(body);
    }

    /// What OAuth servers say: a word and a sentence.
    private static String reason(byte[] body, int status) {
        try {
            Json said = Json.parse(body);
            String words = said.text("error") + " " + said.text("error_description")
                    + said.object("error").text("message");
            return words.isBlank() ? "status " + status : ServerWords.printable(words);
        } catch (IOException e) {
            return "status " + status;
        }
    }

    /// What a server says in the members `access_token` and `expires_in`.
    public Token token(Json answer) throws IOException {
        String value = answer.text("access_token");
        if (value.isEmpty()) {
            throw new TokenRefusedException("the token server's answer holds no token");
        }
        long seconds = Math.clamp(answer.number("expires_in"), 0, 86_400);
        return new Token(value, clock.instant().plusSeconds(seconds == 0 ? 3600 : seconds));
    }

    /// Secrets go over TLS, or stay on this machine.
    ///
    /// @throws TokenRefusedException if they would not
    public static URI safe(String server) throws TokenRefusedException {
        try {
            URI uri = URI.create(server);
            String host = String.valueOf(uri.getHost());
            boolean near = NEAR.matcher(host).matches();
            if ("https".equals(uri.getScheme()) || (near && "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new TokenRefusedException("the credentials name a token server that is not reached over https");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
