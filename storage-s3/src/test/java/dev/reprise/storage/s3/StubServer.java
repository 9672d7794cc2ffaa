package dev.reprise.storage.s3;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// No S3: answers every request as the test says, and remembers it. For answers no real server gives on demand.
final class StubServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private volatile Function<Asked, Reply> answer = request -> new Reply(200, Map.of(), "");

    StubServer() {
        this(null, false);
    }

    /// @param tls             for HTTPS; null for HTTP
    /// @param wantsCertificate whether clients must show one
    StubServer(@Nullable SSLContext tls, boolean wantsCertificate) {
        try {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
            server = tls == null ? HttpServer.create(address, 0) : secure(address, tls, wantsCertificate);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private static HttpsServer secure(InetSocketAddress address, SSLContext tls, boolean wantsCertificate)
            throws IOException {
        HttpsServer server = HttpsServer.create(address, 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls) {
            @Override
            public void configure(HttpsParameters parameters) {
                var wanted = getSSLContext().getDefaultSSLParameters();
                wanted.setNeedClientAuth(wantsCertificate);
                parameters.setSSLParameters(wanted);
            }
        });
        return server;
    }

    int port() {
        return server.getAddress().getPort();
    }

    void answers(int status, String body) {
        answers(request -> new Reply(status, Map.of(), body));
    }

    void answers(Function<Asked, Reply> how) {
        answer = how;
    }

    /// An error as S3 words it.
    static String error(String code) {
        return "<Error><Code>" + code + "</Code><Message>said the stub</Message></Error>";
    }

    List<Asked> asked() {
        return List.copyOf(asked);
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
        var request = new Asked(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                headers,
                body.length,
                new String(body, StandardCharsets.ISO_8859_1));
        asked.add(request);
        Reply reply = answer.apply(request);
        reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        byte[] content = reply.body().getBytes(StandardCharsets.UTF_8);
        boolean bodyless = request.method().equals("HEAD") || reply.status() == 204;
        int claimed = reply.claimedLength() < 0 ? content.length : reply.claimedLength();
        if (bodyless) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(claimed));
        }
        exchange.sendResponseHeaders(reply.status(), bodyless || claimed == 0 ? -1 : claimed);
        if (!bodyless && content.length > 0) {
            exchange.getResponseBody().write(content);
            exchange.getResponseBody().flush();
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    /// @param target path and query
    /// @param length of the body, in bytes
    /// @param body   a character for each byte
    record Asked(String method, String target, Map<String, String> headers, int length, String body) {
        /// Empty if it was not sent.
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /// @param claimedLength what Content-Length says; -1 for the truth
    record Reply(int status, Map<String, String> headers, String body, int claimedLength) {
        Reply(int status, Map<String, String> headers, String body) {
            this(status, headers, body, -1);
        }
    }
}
