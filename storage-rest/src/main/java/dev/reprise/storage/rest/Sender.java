package dev.reprise.storage.rest;

import dev.reprise.storage.rest.Request.Content;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Sends one request. A long body goes out on a thread of its own, because a server may refuse it before its end, and
/// then closes the connection: who only writes learns of a broken pipe and not of the quota that is used up.
final class Sender {
    /// What servers read of a body they refuse before they close (Go's: 256 KiB), and what sockets take at once.
    private static final int SHORT_BODY = 64 * 1024;

    private static final int PIECE = 64 * 1024;

    private final Connection connection;
    private final StuckWatch.Guard guard;
    private @Nullable Thread thread;
    private volatile @Nullable Exception failure;
    /// Whether the failure is of the bytes to be sent, not of the network.
    private volatile boolean sourceFailed;

    Sender(Connection connection, StuckWatch.Guard guard) {
        this.connection = connection;
        this.guard = guard;
    }

    /// @param head request line and headers with their framing
    void send(String head, Content content) throws IOException {
        byte[] first = head.getBytes(StandardCharsets.ISO_8859_1);
        switch (content) {
            case Content.None _ -> writeAll(first);
            case Content.EmptyChunked _ -> writeAll((head + "0\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            case Content.Sized body when body.length() <= SHORT_BODY -> writeAll(together(first, body));
            case Content.Sized body -> {
                writeAll(first);
                thread = Thread.ofPlatform().daemon().name("rest-upload").start(() -> copy(body));
            }
        }
    }

    private static byte[] together(byte[] head, Content.Sized body) throws IOException {
        var all = new ByteArrayOutputStream(head.length + (int) body.length());
        all.writeBytes(head);
        try (InputStream in = body.open().get()) {
            in.transferTo(all);
        }
        return all.toByteArray();
    }

    private void writeAll(byte[] bytes) throws IOException {
        guard.moving();
        connection.out().write(bytes);
        connection.out().flush();
        guard.moving();
    }

    private void copy(Content.Sized body) {
        byte[] piece = new byte[PIECE];
        try (InputStream in = body.open().get()) {
            for (long left = body.length(); left > 0; ) {
                int count = source(in, piece, (int) Math.min(left, PIECE));
                connection.out().write(piece, 0, count);
                guard.moving();
                left -= count;
            }
            connection.out().flush();
        } catch (IOException | RuntimeException e) {
            failure = e;
            if (sourceFailed) {
                connection.close(); // so that nobody waits for an answer to half a body
            }
        }
    }

    private int source(InputStream in, byte[] piece, int most) throws IOException {
        sourceFailed = true;
        int count = in.read(piece, 0, most);
        if (count <= 0) {
            throw new IOException("a temporary file is shorter than it was");
        }
        sourceFailed = false;
        return count;
    }

    /// Whether a body is still on its way or has not arrived whole; then the connection is of no further use.
    boolean unfinished() {
        Thread sending = thread;
        return sending != null && (sending.isAlive() || failure != null);
    }

    /// Waits for the end of the body, which a server that accepted it must have read.
    void finish() throws IOException, InterruptedException {
        Thread sending = thread;
        if (sending != null) {
            sending.join();
        }
        if (failure != null) {
            throw explain(new IOException("the server answered before it had the whole body"));
        }
    }

    /// Ends the thread; the connection is closed for that if needed.
    void abandon() {
        Thread sending = thread;
        if (sending == null) {
            return;
        }
        if (sending.isAlive()) {
            connection.close();
        }
        boolean interrupted = false;
        while (sending.isAlive()) {
            try {
                sending.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Why an exchange failed: what stopped the sending tells more than the silence after it.
    IOException explain(IOException other) {
        Exception cause = failure;
        if (sourceFailed && cause != null) {
            return new SourceException(cause);
        }
        return cause instanceof IOException network && !(other instanceof MalformedAnswerException)
                ? guard.explain(network)
                : guard.explain(other);
    }

    /// The bytes to be sent could not be read.
    static final class SourceException extends IOException {
        private static final long serialVersionUID = 1;

        SourceException(Exception cause) {
            super(cause instanceof UncheckedIOException e ? String.valueOf(e.getMessage()) : cause.toString(), cause);
        }
    }
}
