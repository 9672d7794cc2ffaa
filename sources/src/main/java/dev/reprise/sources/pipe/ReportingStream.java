package dev.reprise.sources.pipe;

import dev.reprise.sources.SourceListener;
import dev.reprise.sources.SourceListener.SourceEvent;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Reports the progress of a stream while it is read, every 8 MiB.
public final class ReportingStream extends FilterInputStream {
    private static final long STEP_BYTES = 8 << 20;

    private final String path;
    private final SourceListener listener;
    private long bytes;
    private long reported;

    /// Reports the start at once.
    public ReportingStream(InputStream stream, String path, SourceListener listener) {
        super(stream);
        this.path = path;
        this.listener = listener;
        listener.on(new SourceEvent.StreamStarted(path));
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = super.read(into, offset, length);
        bytes += Math.max(0, count);
        if (bytes - reported >= STEP_BYTES || (count < 0 && bytes > reported)) {
            reported = bytes;
            listener.on(new SourceEvent.StreamProgress(path, bytes));
        }
        return count;
    }
}
