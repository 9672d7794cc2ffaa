package dev.reprise.operations.backup;

import dev.reprise.base.CancelledException;
import dev.reprise.base.ObjectId;
import dev.reprise.repository.Repository;
import dev.reprise.repository.chunk.Chunker;
import dev.reprise.repository.index.BlobIndex;
import dev.reprise.repository.model.BlobHandle;
import dev.reprise.repository.model.BlobType;
import dev.reprise.repository.pack.BlobReader;
import dev.reprise.repository.pack.BlobWriter;
import dev.reprise.repository.tree.Node;
import dev.reprise.repository.tree.TreeCodec;
import dev.reprise.repository.tree.TreeFormatException;
import dev.reprise.sources.files.FileTree.OpenFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one thread of a run works with: a buffer for one chunk and its own way into the repository.
final class Worker implements AutoCloseable {
    /// Small files fit without growing.
    private static final int FIRST_BUFFER_BYTES = 2 * Chunker.MIN_BYTES;
    /// Read beyond the minimum in such steps; what lies behind the cut is read again by the next chunk's thread.
    private static final int READ_BYTES = 128 * 1024;

    private final Repository repository;
    private final Chunker chunker;
    private final BlobIndex index;
    private final WorkStack stack;
    private final BlobWriter.Session session;
    private @Nullable BlobReader reader;
    private byte[] buffer = new byte[FIRST_BUFFER_BYTES];
    private boolean atEnd;

    Worker(Repository repository, BlobIndex index, BlobWriter writer, WorkStack stack) {
        this.repository = repository;
        this.chunker = repository.chunker();
        this.index = index;
        this.stack = stack;
        this.session = writer.session();
    }

    /// Works until the stack is ended.
    void work() throws InterruptedException {
        for (Work work = stack.take(); work != null; work = stack.take()) {
            work.step(this);
        }
    }

    /// Reads the chunk that begins at `position` into the buffer.
    ///
    /// @return its length; 0 at the end of the file
    int readChunk(OpenFile file, long position) throws IOException {
        atEnd = false;
        int scanned = 0;
        int available = 0;
        while (true) {
            ensureRunning();
            int wanted = available < Chunker.MIN_BYTES ? Chunker.MIN_BYTES - available : READ_BYTES;
            wanted = Math.min(wanted, Chunker.MAX_BYTES - available);
            makeRoom(available + wanted);
            int read = file.read(position + available, buffer, available, wanted);
            if (read < 0) {
                atEnd = true;
                return available;
            }
            available += read;
            if (available >= Chunker.MIN_BYTES) {
                int cut = chunker.cut(buffer, 0, scanned, available);
                if (cut >= 0) {
                    return cut;
                }
                scanned = available;
            }
        }
    }

    /// Whether the last [#readChunk] reached the end of the file.
    boolean atEnd() {
        return atEnd;
    }

    /// Saves what [#readChunk] left in the buffer.
    BlobWriter.Saved saveChunk(int length) {
        return session.save(BlobType.DATA, buffer, 0, length);
    }

    BlobWriter.Saved saveTree(byte[] tree) {
        return session.save(BlobType.TREE, tree, 0, tree.length);
    }

    boolean hasAll(List<ObjectId> content) {
        for (ObjectId id : content) {
            if (!index.contains(BlobHandle.data(id))) {
                return false;
            }
        }
        return true;
    }

    boolean knowsTree(ObjectId id) {
        return index.contains(BlobHandle.tree(id));
    }

    List<Node> readTree(ObjectId id) throws TreeFormatException {
        if (reader == null) {
            reader = repository.reader(index);
        }
        return TreeCodec.decode(reader.read(BlobHandle.tree(id)));
    }

    /// @throws CancelledException if the run was broken off; nobody sees it, the reason is already known
    void ensureRunning() {
        if (stack.isEnded()) {
            throw new CancelledException("the run was broken off");
        }
    }

    private void makeRoom(int bytes) {
        if (buffer.length < bytes) {
            buffer = Arrays.copyOf(buffer, Math.min(Chunker.MAX_BYTES, Math.max(bytes, 2 * buffer.length)));
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } finally {
            if (reader != null) {
                reader.close();
            }
        }
    }
}
