package dev.reprise.sources.pipe;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// Remembers how reading a stream ended, whatever its reader makes of that.
public final class WatchedStream extends FilterInputStream {
    private @Nullable IOException failure;
    private boolean ended;

    public WatchedStream(InputStream stream) {
        super(stream);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        try {
            int count = super.read(into, offset, length);
            ended |= count < 0;
            return count;
        } catch (IOException e) {
            failure = e;
            throw e;
        }
    }

    /// What reading failed with, if it did.
    public @Nullable IOException failure() {
        return failure;
    }

    /// @throws IOException if the reader stopped before the end or swallowed a failure
    public void requireEnd(String path) throws IOException {
        if (failure != null) {
            throw failure;
        }
        if (!ended && read() >= 0) {
            throw new IOException(path + " was not read to its end");
        }
    }
}
