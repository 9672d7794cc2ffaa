package dev.reprise.storage.gcs;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// A body of a known length: what ends earlier is an error, what goes on is not read. Remembers
/// whether a failure was the connection's, not the reader's. Belongs to one thread.
final class GcsBody extends InputStream {
    private final InputStream body;
    private final long length;
    private long left;
    private boolean broken;

    GcsBody(InputStream body, long length) {
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
