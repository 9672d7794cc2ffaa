package dev.reprise.storage.rest;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/// As many bytes of a body as were asked for. What a server sends beyond is not passed on; an end before is an error.
final class ExactBody extends FilterInputStream {
    private final boolean unlimited;
    private final Supplier<? extends RuntimeException> tooShort;
    private long left;

    /// @param length   -1 for all there is
    /// @param tooShort what to throw when the object ends before
    ExactBody(InputStream body, long length, Supplier<? extends RuntimeException> tooShort) {
        super(body);
        this.unlimited = length < 0;
        this.left = length;
        this.tooShort = tooShort;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (unlimited || length == 0) {
            return in.read(bytes, offset, length);
        }
        if (left == 0) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw tooShort.get();
        }
        left -= count;
        return count;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = 0;
        byte[] scrap = new byte[Math.clamp(count, 1, 8192)];
        while (skipped < count) {
            int read = read(scrap, 0, (int) Math.min(scrap.length, count - skipped));
            if (read < 0) {
                break;
            }
            skipped += read;
        }
        return skipped;
    }

    @Override
    public int available() {
        return 0;
    }

    /// The answer belongs to the storage.
    @Override
    public void close() {}

    @Override
    public boolean markSupported() {
        return false;
    }
}
