package dev.reprise.operations.sorting;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;

/// A sorted part of the records, in a file.
final class Run implements AutoCloseable {
    private static final int BUFFER_BYTES = 256 * 1024;
    /// Less would cost a system call for every few records.
    private static final int LEAST_BUFFER_BYTES = 4 * 1024;

    private final FileChannel channel;
    private final int recordBytes;
    private long records;

    Run(Path directory, int recordBytes) throws IOException {
        this.channel = TemporaryFile.open(directory);
        this.recordBytes = recordBytes;
    }

    @FunctionalInterface
    interface Source {
        void copy(int position, byte[] target, int offset);
    }

    void write(int[] positions, Source source) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES / recordBytes * recordBytes];
        int filled = 0;
        for (int position : positions) {
            source.copy(position, buffer, filled);
            filled += recordBytes;
            if (filled == buffer.length) {
                append(buffer, filled);
                filled = 0;
            }
        }
        append(buffer, filled);
        records = positions.length;
    }

    private void append(byte[] bytes, int length) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes, 0, length);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /// @param memoryBytes what it may take, within reason: many runs are merged at once
    Reader reader(long memoryBytes) {
        int buffer = Math.clamp(memoryBytes, LEAST_BUFFER_BYTES, BUFFER_BYTES);
        return new Reader(Math.max(1, buffer / recordBytes) * recordBytes);
    }

    @Override
    public void close() {
        TemporaryFile.close(channel);
    }

    /// Steps through the run. Ordered by the records stepped on last.
    final class Reader implements Comparable<Reader> {
        private final byte[] buffer;
        private int at = -recordBytes;
        private int filled;
        private long position;

        Reader(int bufferBytes) {
            buffer = new byte[bufferBytes];
        }

        boolean next() throws IOException {
            at += recordBytes;
            if (at < filled) {
                return true;
            }
            long left = records * recordBytes - position;
            if (left == 0) {
                return false;
            }
            ByteBuffer target = ByteBuffer.wrap(buffer, 0, (int) Math.min(buffer.length, left));
            while (target.hasRemaining()) {
                int read = channel.read(target, position);
                if (read < 0) {
                    throw new IOException("a temporary file lost its end");
                }
                position += read;
            }
            filled = target.position();
            at = 0;
            return true;
        }

        void copyTo(byte[] record) {
            System.arraycopy(buffer, at, record, 0, recordBytes);
        }

        int compareTo(byte[] record) {
            return Arrays.compareUnsigned(buffer, at, at + recordBytes, record, 0, recordBytes);
        }

        @Override
        public int compareTo(Reader other) {
            return Arrays.compareUnsigned(buffer, at, at + recordBytes, other.buffer, other.at, other.at + recordBytes);
        }
    }
}
