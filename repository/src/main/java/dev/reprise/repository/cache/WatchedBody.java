package dev.reprise.repository.cache;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Knows whether it was the body that failed.
final class WatchedBody extends FilterInputStream {
    private boolean failed;

    WatchedBody(InputStream body) {
        super(body);
    }

    boolean failed() {
        return failed;
    }

    @Override
    public int read() throws IOException {
        try {
            return in.read();
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            return in.read(into, offset, length);
        } catch (IOException e) {
            failed = true;
            throw e;
        }
    }
}
