package dev.reprise.storage.spool;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// A range of a file, read by position, so that several streams share one channel.
final class SpoolStream extends InputStream {
    private final FileChannel file;
    private final long end;
    private long position;

    SpoolStream(FileChannel file, long offset, long length) {
        this.file = file;
        this.position = offset;
        this.end = offset + length;
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
        if (position == end) {
            return -1;
        }
        int wanted = (int) Math.min(length, end - position);
        int got = file.read(ByteBuffer.wrap(bytes, offset, wanted), position);
        if (got < 0) {
            throw new EOFException("a temporary file has ended at byte " + position + " of " + end);
        }
        position += got;
        return got;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - position);
    }
}
