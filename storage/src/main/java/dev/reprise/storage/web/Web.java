package dev.reprise.storage.web;

import dev.reprise.base.CancelledException;
import dev.reprise.storage.url.PlaceSettings;
import dev.reprise.storage.url.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Sends requests and gives up those that stand still. Connects at the first one. Safe for many threads.
public final class Web implements AutoCloseable {
    private static final int LONGEST_TEXT = 16 << 20;
    private static final Duration CONNECTING = Duration.ofSeconds(30);
    private static final long SLOWEST_TICK_MILLIS = 5_000;

    private final Transport transport;
    private final WebProxies proxies;
    private final String service;
    private @Nullable HttpClient client;
    private boolean closed;

    /// @param service its name for people, in messages
    public Web(PlaceSettings settings, String service) {
        this.transport = settings.transport();
        this.service = service;
        this.proxies = new WebProxies(settings.environment(), service);
    }

    /// An answer whose body is read by whoever asked.
    ///
    /// @param body closed by whoever asked
    public record Answer(HttpResponse<InputStream> response, InputStream body) {
        public int status() {
            return response.statusCode();
        }

        /// @return empty if it is missing
        public String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /// The whole body, which is closed.
        ///
        /// @throws IOException if it is longer than 16 MiB
        public byte[] bytes() throws IOException {
            try (body) {
                byte[] bytes = body.readNBytes(LONGEST_TEXT + 1);
                if (bytes.length > LONGEST_TEXT) {
                    throw new IOException("an answer longer than " + LONGEST_TEXT + " bytes");
                }
                return bytes;
            }
        }
    }

    /// A request that says who we are, and nothing else yet.
    public HttpRequest.Builder to(URI uri) {
        return HttpRequest.newBuilder(uri).header("User-Agent", transport.userAgent());
    }

    /// @param request its publisher tells `watch` of what it sends
    /// @throws IOException        if no answer came
    /// @throws CancelledException if the thread is interrupted
    /// @throws dev.reprise.storage.url.StorageUrlException if the settings name a proxy or certificate of no use
    public Answer send(HttpRequest request, StuckWatch watch) throws IOException {
        CompletableFuture<HttpResponse<InputStream>> sending = open().sendAsync(request, BodyHandlers.ofInputStream());
        try {
            while (true) {
                try {
                    HttpResponse<InputStream> response = sending.get(tickMillis(), TimeUnit.MILLISECONDS);
                    watch.moved();
                    return new Answer(response, watch.over(response.body()));
                } catch (TimeoutException e) {
                    watch.mustMove();
                }
            }
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException mistake) {
                throw mistake; // a proxy that is none
            }
            throw cause instanceof IOException io ? io : new IOException(String.valueOf(cause), cause);
        } catch (InterruptedException e) {
            throw CancelledException.interrupted("waiting for " + request.uri().getHost());
        } finally {
            if (!sending.isDone()) {
                sending.cancel(true);
            }
        }
    }

    /// For one request.
    public StuckWatch watch() {
        return new StuckWatch(transport.stuckRequest());
    }

    private long tickMillis() {
        long limit = transport.stuckRequest().toMillis();
        return limit == 0 ? SLOWEST_TICK_MILLIS : Math.clamp(limit / 4, 10, SLOWEST_TICK_MILLIS);
    }

    private synchronized HttpClient open() {
        if (closed) {
            throw new IllegalStateException("the storage is closed");
        }
        HttpClient known = client;
        if (known == null) {
            known = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .connectTimeout(CONNECTING)
                    .proxy(proxies)
                    .sslContext(WebTrust.context(transport, service))
                    .build();
            client = known;
        }
        return known;
    }

    @Override
    public synchronized void close() {
        closed = true;
        if (client != null) {
            client.shutdownNow();
        }
    }
}
