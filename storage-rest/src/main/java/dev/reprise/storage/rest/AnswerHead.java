package dev.reprise.storage.rest;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Status line and headers of an answer (RFC 9112, 4 and 5).
///
/// @param status  three digits
/// @param version `HTTP/1.0` or `HTTP/1.1`
/// @param headers by lower-case name; of repeated ones the values joined by commas
record AnswerHead(int status, String version, Map<String, String> headers) {
    private static final int MOST_BYTES = 64 * 1024;
    private static final int MOST_INTERIM = 10;

    /// The next answer that is no interim one.
    ///
    /// @throws EOFException if the connection ended before its first byte
    static AnswerHead read(InputStream in) throws IOException {
        for (int i = 0; i < MOST_INTERIM; i++) {
            AnswerHead head = new Lines(in).head();
            if (head.status >= 200 || head.status == 101) {
                return head;
            }
        }
        throw new MalformedAnswerException("more than " + MOST_INTERIM + " interim answers");
    }

    String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /// Whether another request may follow on the connection.
    boolean persistent() {
        String connection = header("connection").toLowerCase(Locale.ROOT);
        return version.equals("HTTP/1.1") && !connection.contains("close");
    }

    boolean chunked() throws MalformedAnswerException {
        String coding = header("transfer-encoding").strip().toLowerCase(Locale.ROOT);
        if (!coding.isEmpty() && !coding.equals("chunked")) {
            throw new MalformedAnswerException("an unknown transfer coding");
        }
        return !coding.isEmpty();
    }

    /// In bytes, of the body or, for HEAD, of what GET would give; -1 when it does not say.
    long contentLength() throws MalformedAnswerException {
        String text = header("content-length");
        if (text.isEmpty()) {
            return -1;
        }
        try {
            if (text.matches("[0-9]+")) {
                return Long.parseLong(text);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new MalformedAnswerException("a length that is no number");
    }

    /// Reads lines of bounded length, all of one answer together.
    private static final class Lines {
        private final InputStream in;
        private int left = MOST_BYTES;

        Lines(InputStream in) {
            this.in = in;
        }

        AnswerHead head() throws IOException {
            String first = line(true);
            if (!first.matches("HTTP/1\\.[01] [1-9][0-9]{2}( .*)?")) {
                throw new MalformedAnswerException("it does not begin with HTTP/1.1 and a status");
            }
            Map<String, String> headers = new TreeMap<>();
            for (String line = line(false); !line.isEmpty(); line = line(false)) {
                int colon = line.indexOf(':');
                if (colon <= 0) {
                    throw new MalformedAnswerException("a header without a name");
                }
                String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
                headers.merge(name, line.substring(colon + 1).strip(), (one, other) -> one + "," + other);
            }
            return new AnswerHead(Integer.parseInt(first.substring(9, 12)), first.substring(0, 8), headers);
        }

        private String line(boolean first) throws IOException {
            var bytes = new java.io.ByteArrayOutputStream(80);
            while (true) {
                int one = in.read();
                if (one < 0) {
                    if (first && bytes.size() == 0) {
                        throw new EOFException("the server closed the connection without an answer");
                    }
                    throw new MalformedAnswerException("it ends within its headers");
                }
                if (--left < 0) {
                    throw new MalformedAnswerException("headers of more than " + MOST_BYTES + " bytes");
                }
                if (one == '\n') {
                    String line = bytes.toString(StandardCharsets.ISO_8859_1);
                    return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
                }
                bytes.write(one);
            }
        }
    }
}
