package dev.reprise.operations.sorting;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ExitStatus;
import dev.reprise.operations.OperationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Bytes that are only added at the end: the first ones stay in memory, what goes beyond a limit lies in a
/// file without a name.
///
/// Adding belongs to one thread at a time. Reading what was added before is safe for many threads while
/// nobody adds.
public final class ByteLog implements AutoCloseable {
    private static final int CHUNK_BITS = 13;
    private static final int CHUNK_BYTES = 1 << CHUNK_BITS;

    private final long memoryChunks;
    private final Path directory;
    private final List<byte[]> chunks = new ArrayList<>();
    /// The last chunk, not full yet.
    private byte[] last = new byte[CHUNK_BYTES];
    private long size;
    private @Nullable FileChannel file;

    /// @param memoryBytes what may stay in memory besides 8 KiB
    /// @param directory   where the file is made when it is needed
    public ByteLog(long memoryBytes, Path directory) {
        this.memoryChunks = memoryBytes >>> CHUNK_BITS;
        this.directory = directory;
    }

    public long size() {
        return size;
    }

    /// @return where these bytes begin
    public long add(byte[] bytes, int offset, int length) {
        long start = size;
        int from = offset;
        int left = length;
        while (left > 0) {
            int at = (int) size & (CHUNK_BYTES - 1);
            int count = Math.min(left, CHUNK_BYTES - at);
            System.arraycopy(bytes, from, last, at, count);
            size += count;
            from += count;
            left -= count;
            if (at + count == CHUNK_BYTES) {
                putAway();
            }
        }
        return start;
    }

    private void putAway() {
        if (chunks.size() < memoryChunks) {
            chunks.add(last);
            last = new byte[CHUNK_BYTES];
            return;
        }
        try {
            FileChannel target = file;
            if (target == null) {
                target = TemporaryFile.open(directory);
                file = target;
            }
            ByteBuffer rest = ByteBuffer.wrap(last);
            while (rest.hasRemaining()) {
                target.write(rest);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// @param position of the first byte; all must have been added
    public void read(long position, byte[] target, int offset, int length) {
        if (position < 0 || length < 0 || position > size - length) {
            throw new IndexOutOfBoundsException("%d bytes at %d of a log of %d".formatted(length, position, size));
        }
        int done = 0;
        while (done < length) {
            long chunk = (position + done) >>> CHUNK_BITS;
            int at = (int) (position + done) & (CHUNK_BYTES - 1);
            int count = Math.min(length - done, CHUNK_BYTES - at);
            if (chunk == size >>> CHUNK_BITS) {
                System.arraycopy(last, at, target, offset + done, count);
            } else if (chunk < chunks.size()) {
                System.arraycopy(chunks.get((int) chunk), at, target, offset + done, count);
            } else {
                count = Math.toIntExact(Math.min(length - done, fileEnd() - (position + done)));
                fromFile(position + done, ByteBuffer.wrap(target, offset + done, count));
            }
            done += count;
        }
    }

    private long fileEnd() {
        return size & -CHUNK_BYTES;
    }

    private void fromFile(long position, ByteBuffer target) {
        FileChannel source = file;
        if (source == null) {
            throw new IllegalStateException("the log is closed");
        }
        long at = position - ((long) chunks.size() << CHUNK_BITS);
        try {
            while (target.hasRemaining()) {
                int read = source.read(target, at);
                if (read < 0) {
                    throw new IOException("a temporary file lost its end");
                }
                at += read;
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// An interrupt closes the file, for every thread that reads it.
    private static RuntimeException failed(IOException e) {
        if (e instanceof ClosedChannelException) {
            return CancelledException.interrupted("using a temporary file");
        }
        return new OperationException(
                ExitStatus.FAILED,
                "a temporary file cannot be used: " + e,
                "point TMPDIR to a directory with room, or allow more memory",
                e);
    }

    @Override
    public void close() {
        TemporaryFile.close(file);
        file = null;
        chunks.clear();
    }
}
