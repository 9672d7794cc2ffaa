package dev.reprise.storage.web;

import dev.reprise.storage.web.Web.Answer;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// A body of a known length: what ends earlier is an error, what goes on is not read. Remembers
/// whether a failure was the connection's, not the reader's. Belongs to one thread.
public final class KnownBody extends InputStream {
    private final InputStream body;
    private final long length;
    private long left;
    private boolean broken;

    public KnownBody(InputStream body, long length) {
        this.body = body;
        this.length = length;
        this.left = length;
    }

    /// Whether a failure was the connection's.
    public boolean broken() {
        return broken;
    }

    /// The bytes of a range, out of the answer to a request that asked for it.
    ///
    /// @param answer of status 200 (all bytes: from a server that knows no ranges) or 206
    /// @param length -1 for all that follow
    /// @return null if the object ends before
    /// @throws IOException if the answer does not say how long it is, or breaks off
    public static @Nullable KnownBody range(Answer answer, long offset, long length) throws IOException {
        long start = answer.status() == 206 ? offset : 0;
        long size =
                answer.response().headers().firstValueAsLong("Content-Length").orElse(-1);
        if (size < 0) {
            throw new IOException("an answer that does not say how long it is");
        }
        long end = start + size;
        if (offset > end || length > end - offset) {
            return null;
        }
        answer.body().skipNBytes(offset - start);
        return new KnownBody(answer.body(), length < 0 ? end - offset : length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        int got = some(into, offset, (int) Math.min(count, left));
        if (got < 0) {
            broken = true;
            throw new EOFException("the connection ended after " + (length - left) + " of " + length + " bytes");
        }
        left -= got;
        return got;
    }

    private int some(byte[] into, int offset, int count) throws IOException {
        try {
            return body.read(into, offset, count);
        } catch (IOException e) {
            broken = true;
            throw e;
        }
    }
}
