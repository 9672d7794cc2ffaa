package dev.reprise.sources.redis;

import dev.reprise.sources.FactsLevel;
import dev.reprise.sources.pipe.ChunkPipe;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// An RDB that is checked and counted while it is read: at its end it fails unless header, end and checksum are right.
///
/// Counting happens in a second thread and is no condition: a type newer than this program is a reason not to count.
/// Only where the server writes no checksum must the content be readable, as nothing else speaks for it.
final class CheckedRdb extends FilterInputStream {
    private static final int CHUNKS = 16;
    private static final Executor THREADS =
            task -> Thread.ofVirtual().name("RDB census").start(task);

    /// @param failure why the census ended early, or null
    private record Counted(RdbCensus census, @Nullable IOException failure) {}

    private final RdbEnvelope envelope = new RdbEnvelope();
    private final ChunkPipe pipe = new ChunkPipe(CHUNKS);
    private final CompletableFuture<Counted> census;
    private @Nullable Counted counted; // once the end was reached

    /// Reads an RDB to its end and counts what is in it.
    @FunctionalInterface
    interface Counting {
        RdbCensus read(InputStream rdb, boolean digesting) throws IOException;
    }

    /// @param rdb closed with this
    CheckedRdb(InputStream rdb, FactsLevel level) {
        this(rdb, level, RdbReader::read);
    }

    CheckedRdb(InputStream rdb, FactsLevel level, Counting counting) {
        super(rdb);
        this.census = CompletableFuture.supplyAsync(() -> count(level, counting), THREADS);
    }

    private Counted count(FactsLevel level, Counting counting) {
        try (InputStream reader = pipe.reader()) { // once it is closed, what is written is dropped
            RdbCensus all = counting.read(reader, level.includes(FactsLevel.DIGESTS));
            return new Counted(level.includes(FactsLevel.COUNTS) ? all : new RdbCensus(false), null);
        } catch (IOException e) {
            return new Counted(new RdbCensus(false), e);
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            // A value too big or too odd for counting says nothing against the bytes.
            return new Counted(new RdbCensus(false), new IOException("counting failed with " + e, e));
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        int count = super.read(into, offset, length);
        if (count > 0) {
            envelope.update(into, offset, count);
            pipe.write(into, offset, count);
        } else if (count < 0 && counted == null) {
            finish();
        }
        return count;
    }

    private void finish() throws IOException {
        pipe.finish();
        boolean vouched = envelope.finish();
        Counted result = result();
        boolean unknown = result.failure() instanceof RdbFormatException format && format.isUnknown();
        if (result.failure() != null && !vouched && !unknown) {
            throw result.failure();
        }
        counted = result;
    }

    private Counted result() throws IOException {
        try {
            return census.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("counting the RDB", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /// Lets the counting thread go when the stream is given up.
    @Override
    public void close() throws IOException {
        pipe.fail(new IOException("given up"));
        super.close();
    }

    /// What was counted; empty if the content is not known to this program. After the end only.
    Optional<RdbCensus> census() {
        Counted result = atEnd();
        return result.failure() == null ? Optional.of(result.census()) : Optional.empty();
    }

    /// Why nothing was counted.
    String whyNot() {
        IOException failure = atEnd().failure();
        return failure == null ? "" : String.valueOf(failure.getMessage());
    }

    private Counted atEnd() {
        if (counted == null) {
            throw new IllegalStateException("not read to the end");
        }
        return counted;
    }

    @Nullable
    RdbVersion version() {
        return envelope.version();
    }
}
