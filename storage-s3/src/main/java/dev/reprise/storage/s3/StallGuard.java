package dev.reprise.storage.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/// Gives up uploads that do not move. The JDK's client waits with a time-out for answers, but without one for a server
/// that stops reading.
final class StallGuard implements SdkHttpClient {
    /// How often per patience the bytes are counted.
    private static final int LOOKS = 4;

    private final SdkHttpClient client;
    private final Duration patience;
    private final ScheduledThreadPoolExecutor timer;

    /// @param client   closed together with this
    /// @param patience more than nothing
    StallGuard(SdkHttpClient client, Duration patience) {
        this.client = client;
        this.patience = patience;
        this.timer = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("s3-stalls").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        var body = request.contentStreamProvider();
        return body.isEmpty() ? client.prepareRequest(request) : guarded(request, body.get());
    }

    private ExecutableHttpRequest guarded(HttpExecuteRequest request, ContentStreamProvider body) {
        var moved = new AtomicLong();
        var counted = HttpExecuteRequest.builder()
                .request(request.httpRequest())
                .contentStreamProvider(() -> new Counted(body.newStream(), moved))
                .metricCollector(request.metricCollector().orElse(null))
                .build();
        return new Guarded(client.prepareRequest(counted), moved);
    }

    @Override
    public void close() {
        timer.shutdownNow();
        client.close();
    }

    private final class Guarded implements ExecutableHttpRequest {
        private final ExecutableHttpRequest request;
        private final AtomicLong moved;
        private long seen = -1;
        private int still;
        private volatile boolean stalled;

        Guarded(ExecutableHttpRequest request, AtomicLong moved) {
            this.request = request;
            this.moved = moved;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            long pause = Math.max(1, patience.toMillis() / LOOKS);
            var looking = timer.scheduleWithFixedDelay(this::look, pause, pause, TimeUnit.MILLISECONDS);
            try {
                return request.call();
            } catch (IOException e) {
                throw stalled ? stalled(e) : e;
            } finally {
                looking.cancel(false);
            }
        }

        /// Counts looks instead of asking a clock: a machine that slept has not waited.
        private void look() {
            long now = moved.get();
            still = now == seen ? still + 1 : 0;
            seen = now;
            if (still > LOOKS) {
                stalled = true;
                request.abort();
            }
        }

        private IOException stalled(IOException cause) {
            var failure = new SocketTimeoutException(
                    "no byte was taken for " + patience.toSeconds() + " s after " + moved.get());
            failure.initCause(cause);
            return failure;
        }

        @Override
        public void abort() {
            request.abort();
        }
    }

    private static final class Counted extends FilterInputStream {
        private final AtomicLong moved;

        Counted(InputStream content, AtomicLong moved) {
            super(content);
            this.moved = moved;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            moved.incrementAndGet();
            return value;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            moved.addAndGet(Math.max(count, 0));
            return count;
        }
    }
}
