package dev.reprise.operations.backup;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.chunk.Chunker;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.function.LongConsumer;

/// Cuts one stream into chunks, in the thread that reads it.
final class StreamChunks {
    private static final int READ_BYTES = 256 * 1024;

    private final Chunker chunker;
    private final ChunkCrew crew;
    private final LongConsumer progress;
    private final MessageDigest whole = ObjectId.newDigest();
    private byte[] buffer = new byte[2 * Chunker.MIN_BYTES];
    private int available;
    private long bytes;

    /// @param progress told the bytes read so far, once per chunk
    StreamChunks(Chunker chunker, ChunkCrew crew, LongConsumer progress) {
        this.chunker = chunker;
        this.crew = crew;
        this.progress = progress;
    }

    /// Hands every chunk to the crew; returns when the last one is handed over.
    void readAll(InputStream stream) throws IOException {
        int scanned = 0;
        while (fill(stream)) {
            if (available < Chunker.MIN_BYTES) {
                continue;
            }
            int cut = chunker.cut(buffer, 0, scanned, available);
            while (cut >= 0) {
                hand(cut);
                cut = available < Chunker.MIN_BYTES ? -1 : chunker.cut(buffer, 0, 0, available);
            }
            scanned = available < Chunker.MIN_BYTES ? 0 : available;
        }
        if (available > 0) {
            hand(available);
        }
    }

    long bytes() {
        return bytes;
    }

    /// Of the whole stream; call once, at the end.
    ObjectId sha256() {
        return ObjectId.of(whole.digest(), 0);
    }

    private boolean fill(InputStream stream) throws IOException {
        int wanted = Math.min(READ_BYTES, Chunker.MAX_BYTES - available);
        if (buffer.length < available + wanted) {
            buffer = Arrays.copyOf(buffer, Math.min(Chunker.MAX_BYTES, 2 * buffer.length));
        }
        int read = stream.read(buffer, available, wanted);
        if (read < 0) {
            return false;
        }
        whole.update(buffer, available, read);
        available += read;
        bytes += read;
        return true;
    }

    private void hand(int length) {
        crew.hand(Arrays.copyOf(buffer, length));
        System.arraycopy(buffer, length, buffer, 0, available - length);
        available -= length;
        progress.accept(bytes);
    }
}
