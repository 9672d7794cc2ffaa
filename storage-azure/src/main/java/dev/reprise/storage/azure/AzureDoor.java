package dev.reprise.storage.azure;

import dev.reprise.storage.web.StuckWatch;
import dev.reprise.storage.web.Web;
import dev.reprise.storage.web.Web.Answer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Collectors;

/// Signs requests and sends them, and a second time with a new token when the service does not accept it any more.
final class AzureDoor implements AutoCloseable {
    /// The first one that knows the tier Cold.
    private static final String VERSION = "2021-12-02";

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH);

    private final Account account;
    private final Access access;
    private final Web web;
    private final InstantSource clock;

    AzureDoor(Account account, Access access, Web web, InstantSource clock) {
        this.account = account;
        this.access = access;
        this.web = web;
        this.clock = clock;
    }

    Account account() {
        return account;
    }

    Access access() {
        return access;
    }

    /// @return any answer
    Answer send(Ask ask) throws IOException {
        ask.header("x-ms-version", VERSION);
        ask.header("x-ms-date", DATE.format(clock.instant().atOffset(ZoneOffset.UTC)));
        String authorization = access.authorization(ask);
        Answer answer = attempt(ask, authorization);
        if (answer.status() != 401 || !access.refused(authorization)) {
            return answer;
        }
        answer.bytes();
        return attempt(ask, access.authorization(ask));
    }

    private Answer attempt(Ask ask, String authorization) throws IOException {
        StuckWatch watch = web.watch();
        HttpRequest.Builder request =
                web.to(uri(ask)).method(ask.method(), ask.content().publisher(watch));
        ask.headers().forEach(request::setHeader);
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return web.send(request.build(), watch);
    }

    private URI uri(Ask ask) {
        String query = ask.query().entrySet().stream()
                .map(part -> part.getKey() + "=" + Account.encoded(part.getValue()))
                .collect(Collectors.joining("&"));
        String secret = access.querySuffix();
        String both = query + (query.isEmpty() || secret.isEmpty() ? "" : "&") + secret;
        return URI.create(account.server() + ask.path() + (both.isEmpty() ? "" : "?" + both));
    }

    /// For answers whose body is short or a document.
    ///
    /// @throws AzureStatusException for any status that is no success
    byte[] document(Ask ask) throws IOException {
        Answer answer = send(ask);
        requireSuccess(answer);
        return answer.bytes();
    }

    /// @throws AzureStatusException for any status that is no success; the answer's body is read then
    void requireSuccess(Answer answer) throws IOException {
        if (answer.status() / 100 != 2) {
            throw AzureStatusException.of(answer, access::withoutSecrets);
        }
    }

    @Override
    public void close() {
        web.close();
    }
}
