package dev.reprise.storage.rest;

import dev.reprise.storage.rest.Request.Content;
import dev.reprise.storage.rest.Request.Header;
import dev.reprise.storage.url.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 with one server (RFC 9112), as far as the REST protocol needs it. Safe for many threads.
///
/// Not one of the JDK's two: `HttpURLConnection` loses the answer of a server that refuses a body before its end (a
/// full quota would look like a broken network), and `HttpClient` takes 0.4 s of CPU before its first request; neither
/// knows Unix sockets.
final class RestClient implements AutoCloseable {
    /// Shorter than servers keep silent connections as a rule.
    private static final Duration LONGEST_REST = Duration.ofSeconds(30);

    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final int FIRST_ERROR = 300;

    private final RestAddress server;
    private final String userAgent;
    private final String authorization;
    private final Dialer dialer;
    private final StuckWatch watch;
    private final Deque<Connection> resting = new ArrayDeque<>();
    private boolean closed;

    RestClient(RestAddress server, Transport transport, Dialer dialer) {
        this.server = server;
        this.userAgent = transport.userAgent().replaceAll("[^\\x20-\\x7e]", "");
        this.authorization = WebProxy.basic(server.user(), server.password());
        this.dialer = dialer;
        this.watch = new StuckWatch(transport.stuckRequest());
    }

    /// One exchange. A connection that turns out to be closed when it is used again is replaced once, but not for what
    /// must not be done twice.
    ///
    /// @return with any status; the caller closes it
    Answer send(Request request) throws IOException {
        while (true) {
            Connection connection = take();
            boolean again = connection != null && request.repeatable();
            try {
                return exchange(connection == null ? dialer.connect(watch) : connection, request);
            } catch (MalformedAnswerException | StuckException e) {
                throw e;
            } catch (IOException stale) {
                if (!again || Thread.currentThread().isInterrupted()) {
                    throw stale;
                }
            }
        }
    }

    private Answer exchange(Connection connection, Request request) throws IOException {
        StuckWatch.Guard guard = watch.over(connection);
        Sender sender = new Sender(connection, guard);
        boolean answered = false;
        try {
            AnswerHead head = converse(connection, request, guard, sender);
            boolean bodiless =
                    request.method().equals("HEAD") || head.status() == NO_CONTENT || head.status() == NOT_MODIFIED;
            if (head.status() < FIRST_ERROR) {
                sender.finish();
            }
            boolean reusable = !sender.unfinished();
            guard.resting();
            Answer answer = new Answer(head, bodiless, reusable, connection, guard, this::giveBack);
            answered = true;
            return answer;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while sending");
        } finally {
            if (!answered) {
                connection.close();
                guard.close();
            }
            sender.abandon();
        }
    }

    private AnswerHead converse(Connection connection, Request request, StuckWatch.Guard guard, Sender sender)
            throws IOException {
        IOException unsent = null;
        try {
            sender.send(head(request), request.content());
        } catch (IOException e) {
            unsent = e; // the answer may be there all the same
        }
        try {
            guard.moving();
            return AnswerHead.read(connection.in());
        } catch (IOException e) {
            IOException reason = sender.explain(unsent == null ? e : guard.explain(unsent));
            throw reason;
        }
    }

    private String head(Request request) {
        var text = new StringBuilder();
        WebProxy proxy = dialer.plainProxy();
        text.append(request.method()).append(' ');
        if (proxy != null) {
            text.append("http://").append(server.authority());
        }
        text.append(request.target()).append(" HTTP/1.1\r\n");
        add(text, "Host", server.authority());
        add(text, "User-Agent", userAgent);
        if (proxy != null) {
            add(text, "Proxy-Authorization", proxy.authorization());
        }
        add(text, "Authorization", authorization);
        for (Header header : request.headers()) {
            add(text, header.name(), header.value());
        }
        switch (request.content()) {
            case Content.None _ -> {}
            case Content.EmptyChunked _ -> add(text, "Transfer-Encoding", "chunked");
            case Content.Sized body -> add(text, "Content-Length", Long.toString(body.length()));
        }
        return text.append("\r\n").toString();
    }

    private static void add(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append(name).append(": ").append(value).append("\r\n");
        }
    }

    private @Nullable Connection take() {
        while (true) {
            Connection connection;
            synchronized (resting) {
                if (closed) {
                    throw new IllegalStateException("the connection to " + server.location() + " is closed");
                }
                connection = resting.pollFirst();
            }
            if (connection == null || connection.usable(LONGEST_REST.toNanos())) {
                return connection;
            }
            connection.close();
        }
    }

    private void giveBack(Connection connection) {
        connection.rest();
        synchronized (resting) {
            if (!closed) {
                resting.addFirst(connection);
                return;
            }
        }
        connection.close();
    }

    /// Repeating it is harmless.
    @Override
    public void close() {
        synchronized (resting) {
            closed = true;
            resting.forEach(Connection::close);
            resting.clear();
        }
        watch.close();
    }
}
