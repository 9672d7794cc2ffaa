package dev.reprise.sources.pipe;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A bounded pipe between one writing and one reading thread.
///
/// Unlike a process's pipe both ends can be interrupted, and unlike `PipedInputStream` the end of the data is
/// reported as such only after [#finish()]: a writer that fails makes the reader fail.
public final class ChunkPipe {
    private final int capacity;
    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean finished;
    private boolean abandoned;
    private @Nullable IOException failure;

    /// @param capacity chunks that may wait to be read
    public ChunkPipe(int capacity) {
        this.capacity = capacity;
    }

    /// Copies the bytes into the pipe, waiting for room.
    ///
    /// @return false when the reader has closed its end and wants no more
    public boolean write(byte[] bytes, int offset, int length) throws IOException {
        lock.lock();
        try {
            while (chunks.size() >= capacity && !abandoned) {
                changed.await();
            }
            if (!abandoned && length > 0) {
                chunks.add(Arrays.copyOfRange(bytes, offset, offset + length));
                changed.signalAll();
            }
            return !abandoned;
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    /// No more bytes: the reader sees the end after what was written.
    public void finish() {
        end(null);
    }

    /// No more bytes, and what was written is not whole: the reader gets this exception after it.
    public void fail(IOException cause) {
        end(cause);
    }

    private void end(@Nullable IOException cause) {
        lock.lock();
        try {
            if (!finished) {
                finished = true;
                failure = cause;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    /// The reading end; closing it lets the writer go.
    public InputStream reader() {
        return new Reader();
    }

    private byte @Nullable [] next() throws IOException {
        lock.lock();
        try {
            while (chunks.isEmpty() && !finished) {
                changed.await();
            }
            byte[] chunk = chunks.poll();
            changed.signalAll();
            if (chunk == null && failure != null) {
                throw failure;
            }
            return chunk;
        } catch (InterruptedException e) {
            throw interrupted();
        } finally {
            lock.unlock();
        }
    }

    private void abandon() {
        lock.lock();
        try {
            abandoned = true;
            chunks.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Reader extends InputStream {
        private byte[] current = {};
        private int position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (length == 0) {
                return 0;
            }
            while (position == current.length) {
                byte[] chunk = next();
                if (chunk == null) {
                    return -1;
                }
                current = chunk;
                position = 0;
            }
            int count = Math.min(length, current.length - position);
            System.arraycopy(current, position, into, offset, count);
            position += count;
            return count;
        }

        @Override
        public void close() {
            abandon();
        }
    }
}
