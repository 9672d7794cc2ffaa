package dev.reprise.storage.gcs;

import dev.reprise.storage.web.Json;
import dev.reprise.storage.web.StuckWatch;
import dev.reprise.storage.web.Tokens;
import dev.reprise.storage.web.Web;
import dev.reprise.storage.web.Web.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;

/// Sends requests with a token, and a second time with a new one when the service does not accept
/// it any more.
final class GcsDoor implements AutoCloseable {
    private final Endpoint endpoint;
    private final Tokens tokens;
    private final Web web;

    GcsDoor(Endpoint endpoint, Tokens tokens, Web web) {
        this.endpoint = endpoint;
        this.tokens = tokens;
        this.web = web;
    }

    Endpoint endpoint() {
        return endpoint;
    }

    /// @param parts makes the method, the headers and the body; may be called twice
    /// @return any answer but 401
    Answer send(URI uri, Parts parts) throws IOException {
        String token = tokens.value();
        Answer answer = attempt(uri, parts, token);
        if (answer.status() != 401) {
            return answer;
        }
        answer.bytes();
        tokens.refused(token);
        Answer again = attempt(uri, parts, tokens.value());
        if (again.status() == 401) {
            throw GcsStatusException.of(401, again.bytes());
        }
        return again;
    }

    private Answer attempt(URI uri, Parts parts, String token) throws IOException {
        StuckWatch watch = web.watch();
        HttpRequest.Builder request = web.to(uri);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        parts.fill(request, watch);
        return web.send(request.build(), watch);
    }

    /// For answers that are documents.
    ///
    /// @throws GcsStatusException for any status but 200 and 204
    byte[] document(URI uri, Parts parts) throws IOException {
        Answer answer = send(uri, parts);
        byte[] body = answer.bytes();
        if (answer.status() != 200 && answer.status() != 204) {
            throw GcsStatusException.of(answer.status(), body);
        }
        return body;
    }

    Json get(URI uri) throws IOException {
        return Json.parse(document(uri, (request, watch) -> request.GET()));
    }

    void post(URI uri, String json) throws IOException {
        BodyPublisher body = BodyPublishers.ofString(json);
        document(
                uri,
                (request, watch) ->
                        request.header("Content-Type", "application/json").POST(body));
    }

    void delete(URI uri) throws IOException {
        document(uri, (request, watch) -> request.DELETE());
    }

    @Override
    public void close() {
        web.close();
    }

    /// What makes a request the one it is.
    @FunctionalInterface
    interface Parts {
        void fill(HttpRequest.Builder request, StuckWatch watch);
    }
}
