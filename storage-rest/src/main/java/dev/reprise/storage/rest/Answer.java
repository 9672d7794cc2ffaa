package dev.reprise.storage.rest;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/// An answer whose body is still to be read. Closing it gives the connection back for the next request if the body was
/// read to its end, or nearly; otherwise the connection is closed.
final class Answer implements Closeable {
    /// Reading so much to keep a connection is cheaper than making another.
    private static final long WORTH_READING = 64 * 1024;

    private static final long UNTIL_CLOSED = -1;

    private final AnswerHead head;
    private final Connection connection;
    private final StuckWatch.Guard guard;
    private final Consumer<Connection> giveBack;
    private final boolean reusable;
    private final Body body;

    /// @param bodiless whether there is none, whatever the headers say
    /// @param reusable whether the connection may be given back at all
    Answer(
            AnswerHead head,
            boolean bodiless,
            boolean reusable,
            Connection connection,
            StuckWatch.Guard guard,
            Consumer<Connection> giveBack)
            throws IOException {
        this.head = head;
        this.connection = connection;
        this.guard = guard;
        this.giveBack = giveBack;
        this.reusable = reusable && head.persistent();
        boolean chunked = !bodiless && head.chunked();
        long length = bodiless ? 0 : chunked ? 0 : head.contentLength();
        this.body = new Body(length, chunked);
    }

    int status() {
        return head.status();
    }

    String header(String name) {
        return head.header(name);
    }

    /// In bytes; -1 if the server does not say.
    long contentLength() throws IOException {
        return head.contentLength();
    }

    /// Throws [NetworkException] when the network fails, and ends only where the server said it would.
    InputStream body() {
        return body;
    }

    @Override
    public void close() {
        boolean kept = false;
        try {
            kept = reusable && body.finish();
        } catch (IOException e) {
            // The connection is closed below; the body was not wanted.
        } finally {
            guard.close();
            if (kept) {
                giveBack.accept(connection);
            } else {
                connection.close();
            }
        }
    }

    /// What the network did, apart from what a reader's own files do.
    static final class NetworkException extends IOException {
        private static final long serialVersionUID = 1;
        private final IOException reason;

        NetworkException(IOException reason) {
            super(reason.getMessage(), reason);
            this.reason = reason;
        }

        IOException reason() {
            return reason;
        }
    }

    /// Bytes up to a known length, in chunks (RFC 9112, 7.1), or until the connection ends.
    private final class Body extends InputStream {
        private static final int LONGEST_LINE = 1024;
        private static final int MOST_TRAILERS = 64;

        private final boolean chunked;
        /// Of the body or of the current chunk; [#UNTIL_CLOSED] when only the end of the connection ends it.
        private long left;

        private boolean ended;
        private boolean started;

        Body(long length, boolean chunked) {
            this.left = length;
            this.chunked = chunked;
            this.ended = !chunked && length == 0;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (ended) {
                return -1;
            }
            try {
                guard.moving();
                return fill(bytes, offset, length);
            } catch (IOException e) {
                throw new NetworkException(guard.explain(e));
            } finally {
                guard.resting();
            }
        }

        private int fill(byte[] bytes, int offset, int length) throws IOException {
            if (chunked && left == 0 && !nextChunk()) {
                return -1;
            }
            int most = left == UNTIL_CLOSED ? length : (int) Math.min(length, left);
            int count = connection.in().read(bytes, offset, most);
            if (count < 0 && left == UNTIL_CLOSED) {
                ended = true;
                return -1;
            }
            if (count < 0) {
                throw new EOFException("the connection ended " + left + " bytes before the end of the answer");
            }
            if (left != UNTIL_CLOSED) {
                left -= count;
                ended = !chunked && left == 0;
            }
            return count;
        }

        private boolean nextChunk() throws IOException {
            if (started && !line().isEmpty()) {
                throw new MalformedAnswerException("a chunk longer than it said");
            }
            started = true;
            String size = line().replaceFirst("[; \\t].*", "");
            if (!size.matches("[0-9a-fA-F]{1,15}")) {
                throw new MalformedAnswerException("a chunk without a size");
            }
            left = Long.parseLong(size, 16);
            if (left > 0) {
                return true;
            }
            for (int i = 0; !line().isEmpty(); i++) {
                if (i == MOST_TRAILERS) {
                    throw new MalformedAnswerException("too many trailers");
                }
            }
            ended = true;
            return false;
        }

        private String line() throws IOException {
            var text = new StringBuilder();
            for (int one = connection.in().read();
                    one != '\n';
                    one = connection.in().read()) {
                if (one < 0) {
                    throw new EOFException("the connection ended within the answer");
                }
                if (text.length() == LONGEST_LINE) {
                    throw new MalformedAnswerException("a line of a chunk is too long");
                }
                text.append((char) one);
            }
            int end = text.length();
            return end > 0 && text.charAt(end - 1) == '\r' ? text.substring(0, end - 1) : text.toString();
        }

        /// Reads what little may be left.
        ///
        /// @return whether the body has ended
        boolean finish() throws IOException {
            if (!ended && left <= WORTH_READING && left != UNTIL_CLOSED) {
                byte[] scrap = new byte[8192];
                for (long read = 0; read <= WORTH_READING; ) {
                    int count = read(scrap, 0, scrap.length);
                    if (count < 0) {
                        break;
                    }
                    read += count;
                }
            }
            return ended;
        }
    }
}
