package dev.reprise.storage.spool;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// A range of a file, read by position, so that several streams share one channel. Clients of HTTP ask for a few
/// kilobytes at a time, so more is read ahead. Belongs to one thread.
final class SpoolStream extends InputStream {
    private static final int AHEAD_BYTES = 128 * 1024;

    private final FileChannel file;
    private final long end;
    /// Of the next byte that is not in [#ahead] yet.
    private long position;

    private final ByteBuffer ahead;

    SpoolStream(FileChannel file, long offset, long length) {
        this.file = file;
        this.position = offset;
        this.end = offset + length;
        ahead = ByteBuffer.allocate((int) Math.min(length, AHEAD_BYTES)).limit(0);
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
        if (ahead.hasRemaining()) {
            return take(bytes, offset, length);
        }
        if (position == end) {
            return -1;
        }
        if (length >= ahead.capacity()) {
            return fill(ByteBuffer.wrap(bytes, offset, (int) Math.min(length, end - position)));
        }
        ahead.clear().limit((int) Math.min(ahead.capacity(), end - position));
        try {
            fill(ahead);
        } finally {
            ahead.flip();
        }
        return take(bytes, offset, length);
    }

    private int take(byte[] bytes, int offset, int length) {
        int count = Math.min(length, ahead.remaining());
        ahead.get(bytes, offset, count);
        return count;
    }

    private int fill(ByteBuffer into) throws IOException {
        int got = file.read(into, position);
        if (got < 0) {
            throw new EOFException("a temporary file has ended at byte " + position + " of " + end);
        }
        position += got;
        return got;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - position + ahead.remaining());
    }
}
