package dev.reprise.storage.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/// A range of an open file as a stream. A file that shrinks meanwhile is an error, not an early end.
final class FileRange extends InputStream {
    /// One read of the channel at most: the JDK keeps a native buffer of that size for every thread.
    private static final int LARGEST_READ = 256 * 1024;

    private final FileChannel channel;
    private long position;
    private final long end;

    FileRange(FileChannel channel, long offset, long length) {
        this.channel = channel;
        this.position = offset;
        this.end = offset + length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == end) {
            return -1;
        }
        int most = (int) Math.min(Math.min(length, LARGEST_READ), end - position);
        int count = channel.read(ByteBuffer.wrap(into, offset, most), position);
        if (count < 0) {
            throw new EndedEarlyException(channel.size());
        }
        position += count;
        return count;
    }

    /// Reads into one array of the right size instead of gathering pieces.
    @Override
    public byte[] readAllBytes() throws IOException {
        long left = end - position;
        if (left > Integer.MAX_VALUE - 8) {
            throw new IOException("object too large for memory: " + left + " bytes");
        }
        byte[] all = new byte[(int) left];
        readNBytes(all, 0, all.length);
        return all;
    }

    @Override
    public long skip(long count) {
        long skipped = Math.clamp(count, 0, end - position);
        position += skipped;
        return skipped;
    }

    @Override
    public int available() {
        return (int) Math.min(Integer.MAX_VALUE, end - position);
    }

    /// The file is shorter than it was when it was opened.
    static final class EndedEarlyException extends IOException {
        private static final long serialVersionUID = 1;
        private final long size;

        EndedEarlyException(long size) {
            super("file shrank to " + size + " bytes while it was read");
            this.size = size;
        }

        long size() {
            return size;
        }
    }
}
