package dev.reprise.operations.restore;

import dev.reprise.operations.restore.Item.RegularFile;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.sources.files.FileTarget;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/// Writes chunks into files, in any order and by many threads, and completes each file after its last
/// chunk.
///
/// A file of one chunk is opened, written and closed at once. One of several stays open until it is
/// complete, unless too many are.
///
/// A file with a chunk that could not be restored keeps what could: nothing is removed, but it is neither
/// brought to its full length nor given the snapshot's metadata. Its time of modification is that of the
/// restore, so no later run takes it for whole, and its mode is still private.
final class FileContents implements AutoCloseable {
    private static final int MOST_OPEN = 128;
    /// Smallest hole that is left: a block of common file systems.
    private static final int BLOCK_BYTES = 4096;

    private static final byte[] ZEROS = new byte[BLOCK_BYTES];

    private final FileTarget target;
    private final FilesRestoreRequest request;
    private final BlobIndex index;
    private final Progress progress;
    private final Finishing finishing;
    private final AtomicInteger opened = new AtomicInteger();
    private final ConcurrentLinkedQueue<RegularFile> open = new ConcurrentLinkedQueue<>();

    FileContents(
            FileTarget target, FilesRestoreRequest request, BlobIndex index, Progress progress, Finishing finishing) {
        this.target = target;
        this.request = request;
        this.index = index;
        this.progress = progress;
        this.finishing = finishing;
    }

    /// Writes one chunk of a file; the last one completes it.
    void write(RegularFile file, long offset, byte[] data, int length) {
        use(file, handle -> {
            if (request.sparse() && file.present == null) {
                writeSparse(handle, offset, data, length);
            } else {
                handle.write(offset, data, 0, length);
            }
            progress.written(length);
        });
    }

    /// One chunk of the file will never come; the others are still written.
    void giveUp(RegularFile file, String reason) {
        progress.fail(file, reason);
        synchronized (file) {
            file.users++;
        }
        release(file);
    }

    /// For a file that needs no chunk: an empty one, or one whose length alone differs.
    void completeWithoutChunks(RegularFile file) {
        file.outstanding = 1;
        use(file, _ -> {});
    }

    /// What is done with an open file.
    private interface Use {
        void with(FileTarget.WritableFile handle) throws IOException;
    }

    private void use(RegularFile file, Use use) {
        boolean done = false;
        try {
            use.with(acquire(file));
            done = true;
        } catch (IOException e) {
            progress.fail(file, Preparation.reason(e));
        } finally {
            file.unwritable |= !done;
            release(file);
        }
    }

    private FileTarget.WritableFile acquire(RegularFile file) throws IOException {
        while (opened.get() > MOST_OPEN && closeIdle()) {}
        synchronized (file) {
            file.users++;
            if (file.unwritable) {
                throw new IOException("an earlier part of it could not be written");
            }
            if (file.handle == null) {
                file.handle = openFile(file);
                opened.incrementAndGet();
                if (file.outstanding > 1) {
                    open.add(file);
                }
            }
            return file.handle;
        }
    }

    private FileTarget.WritableFile openFile(RegularFile file) throws IOException {
        if (file.present != null) {
            return openPartial(file);
        }
        if (file.replaceOld) {
            target.delete(file.path());
            file.replaceOld = false;
        }
        return target.file(file.path(), true);
    }

    /// Only the differing chunks are written, so the rest must still be what was compared.
    private FileTarget.WritableFile openPartial(RegularFile file) throws IOException {
        FileTarget.WritableFile handle = target.file(file.path(), false);
        if (!file.begun && file.old != null && handle.size() != file.old.size()) {
            handle.close();
            throw new IOException("it was changed by someone else while it was restored");
        }
        file.begun = true;
        return handle;
    }

    /// @return false when every open file was looked at
    private boolean closeIdle() {
        RegularFile idle = open.poll();
        if (idle == null) {
            return false;
        }
        synchronized (idle) {
            if (idle.users == 0) {
                close(idle);
            } else if (idle.handle != null) {
                open.add(idle);
                return false;
            }
        }
        return true;
    }

    private void release(RegularFile file) {
        boolean complete;
        synchronized (file) {
            file.users--;
            file.outstanding--;
            complete = file.outstanding == 0;
            if (complete) {
                finish(file);
                close(file);
            }
        }
        if (complete && !file.failed && !file.unwritable) {
            finishing.written(file);
        }
    }

    private void finish(RegularFile file) {
        if (file.failed || file.unwritable || file.handle == null) {
            return;
        }
        try {
            setLength(file, file.handle);
            finishing.beforeClose(file, file.handle);
        } catch (IOException e) {
            progress.fail(file, Preparation.reason(e));
        }
    }

    /// Content may end before or after what is there: an old file was longer, the last chunk was a hole, or
    /// the recorded size is larger than the content.
    private void setLength(RegularFile file, FileTarget.WritableFile handle) throws IOException {
        ChunkLayout layout = ChunkLayout.of(file, index);
        boolean endsWithContent = file.old == null && !request.sparse() && layout.contentEnd() == layout.end();
        if (!endsWithContent && handle.size() != layout.end()) {
            handle.truncate(layout.end());
        }
    }

    private void close(RegularFile file) {
        FileTarget.WritableFile handle = file.handle;
        if (handle == null) {
            return;
        }
        file.handle = null;
        opened.decrementAndGet();
        try {
            handle.close();
        } catch (IOException e) {
            progress.fail(file, Preparation.reason(e));
        }
    }

    /// Leaves out whole blocks of zeros, so that they become holes. Only for files that were empty
    /// before.
    private static void writeSparse(FileTarget.WritableFile handle, long offset, byte[] data, int length)
            throws IOException {
        int from = 0;
        int at = 0;
        while (at < length) {
            // Blocks end where the file system's do, not where the chunk's do.
            int block = (int) Math.min(length - at, BLOCK_BYTES - (offset + at) % BLOCK_BYTES);
            if (Arrays.equals(data, at, at + block, ZEROS, 0, block)) {
                writeRange(handle, offset, data, from, at);
                from = at + block;
            }
            at += block;
        }
        writeRange(handle, offset, data, from, length);
    }

    private static void writeRange(FileTarget.WritableFile handle, long offset, byte[] data, int from, int to)
            throws IOException {
        if (to > from) {
            handle.write(offset + from, data, from, to - from);
        }
    }

    /// Closes what a cancelled run left open.
    @Override
    public void close() {
        for (RegularFile file = open.poll(); file != null; file = open.poll()) {
            synchronized (file) {
                FileTarget.WritableFile handle = file.handle;
                file.handle = null;
                if (handle != null) {
                    closeQuietly(handle);
                }
            }
        }
    }

    private static void closeQuietly(FileTarget.WritableFile handle) {
        try {
            handle.close();
        } catch (IOException _) {
            // The run was cancelled; nothing is claimed about this file.
        }
    }
}
