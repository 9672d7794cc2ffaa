package dev.reprise.serve;

import dev.reprise.serve.ServeSettings.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/// One request and its answer. Belongs to one thread.
final class Exchange {
    /// A refused body is read so far, so that its sender gets to know why; longer ones are cut.
    private static final long READ_OF_REFUSED = 256L << 20;

    private static final int PIECE = 64 * 1024;

    private final Request request;
    private final Response response;
    private final Limits limits;
    private final LongSupplier nanoTime;
    private String user = "";

    Exchange(Request request, Response response, Limits limits, LongSupplier nanoTime) {
        this.request = request;
        this.response = response;
        this.limits = limits;
        this.nanoTime = nanoTime;
    }

    String method() {
        return request.getMethod();
    }

    /// Still encoded.
    String path() {
        String path = request.getHttpURI().getPath();
        return path == null ? "" : path;
    }

    /// The value of a query parameter that needs no decoding; empty if it is not there.
    String query(String name) {
        String query = request.getHttpURI().getQuery();
        for (String pair : (query == null ? "" : query).split("&", 32)) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        return "";
    }

    String header(HttpHeader name) {
        String value = request.getHeaders().get(name);
        return value == null ? "" : value;
    }

    /// Of the body, in bytes; -1 if it is not known.
    long length() {
        return request.getLength();
    }

    String client() {
        return Request.getRemoteAddr(request);
    }

    /// Who asks, once that is proven; empty before.
    String user() {
        return user;
    }

    void proven(String name) {
        user = name;
        request.setAttribute(ServeHandler.USER, name);
    }

    /// User and password (RFC 7617).
    ///
    /// @return null if the request has none
    String @Nullable [] credentials() {
        String header = header(HttpHeader.AUTHORIZATION);
        if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return null;
        }
        try {
            String pair =
                    new String(Base64.getDecoder().decode(header.substring(6).strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return colon < 0 ? null : new String[] {pair.substring(0, colon), pair.substring(colon + 1)};
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    void set(HttpHeader header, String value) {
        response.getHeaders().put(header, value);
    }

    void status(int status) {
        response.setStatus(status);
    }

    /// An answer without a body, as rest-server gives it to what succeeded.
    void done() throws IOException {
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
        Content.Sink.write(response, true, null);
    }

    /// The answer to HEAD.
    void size(long bytes) throws IOException {
        response.setStatus(HttpStatus.OK_200);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes);
        Content.Sink.write(response, true, null);
    }

    void text(String mediaType, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, mediaType);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
        Content.Sink.write(response, true, java.nio.ByteBuffer.wrap(bytes));
    }

    /// The answer first, then the rest of a body that nobody wants: a client that is still sending when the connection
    /// is closed would learn of that only.
    void refuse(int status) throws IOException {
        byte[] words = (HttpStatus.getMessage(status) + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, words.length);
        boolean bodiless = method().equals("HEAD") || length() == 0;
        Content.Sink.write(response, bodiless, java.nio.ByteBuffer.wrap(words));
        if (!bodiless) {
            passOver();
            Content.Sink.write(response, true, null);
        }
    }

    private void passOver() {
        byte[] piece = new byte[PIECE];
        var pace = new Pace(limits, nanoTime);
        try (InputStream body = body()) {
            long read = 0;
            for (int count = body.read(piece); count >= 0 && read < READ_OF_REFUSED; count = body.read(piece)) {
                pace.moved(count);
                read += count;
            }
        } catch (IOException e) {
            // Whoever sent it has what it needs, or is gone.
        }
    }

    InputStream body() {
        return Content.Source.asInputStream(request);
    }

    Pace pace() {
        return new Pace(limits, nanoTime);
    }

    /// The answer's body; held to the pace. Closing it ends the answer.
    OutputStream answer() {
        return new PacedOutput(Content.Sink.asOutputStream(response), pace());
    }

    private static final class PacedOutput extends OutputStream {
        private final OutputStream out;
        private final Pace pace;

        PacedOutput(OutputStream out, Pace pace) {
            this.out = out;
            this.pace = pace;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            pace.moved(length);
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
