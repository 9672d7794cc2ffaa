package dev.reprise.storage.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;

/// A body of a known length: what ends earlier is an error, what goes on is not read. Remembers whether a failure was
/// the connection's, not the reader's. Belongs to one thread.
final class ExactBody extends InputStream {
    /// Less than that is read to its end, so that the connection can be used again.
    private static final int WORTH_READING = 64 * 1024;

    private final ResponseInputStream<?> body;
    private final long length;
    private long left;
    private boolean broken;

    ExactBody(ResponseInputStream<?> body, long length) {
        this.body = body;
        this.length = length;
        this.left = length;
    }

    boolean broken() {
        return broken;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int count) throws IOException {
        if (count == 0) {
            return 0;
        }
        if (left == 0) {
            return -1;
        }
        int got = readSome(bytes, offset, (int) Math.min(count, left));
        if (got < 0) {
            broken = true;
            throw new EOFException("the connection ended after " + (length - left) + " of " + length + " bytes");
        }
        left -= got;
        return got;
    }

    private int readSome(byte[] bytes, int offset, int count) throws IOException {
        try {
            return body.read(bytes, offset, count);
        } catch (IOException e) {
            broken = true;
            throw e;
        } catch (SdkException e) {
            broken = true;
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public int available() {
        return 0;
    }

    /// Gives the connection back, or up if too much is left of the body.
    void finish() {
        try {
            if (!broken && left <= WORTH_READING) {
                transferTo(OutputStream.nullOutputStream());
                if (body.read() < 0) {
                    return;
                }
            }
        } catch (IOException e) {
            // What the reader wanted, it has.
        }
        body.abort();
    }
}
