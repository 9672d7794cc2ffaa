package dev.reprise.operations.check;

import dev.reprise.base.ByteSize;
import dev.reprise.base.ExitStatus;
import dev.reprise.operations.OperationException;
import dev.reprise.operations.sorting.ByteLog;
import dev.reprise.operations.sorting.ExternalSort;
import dev.reprise.operations.sorting.IdTable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How much of what grows with a repository a check may hold in memory, and what it is used for.
///
/// Half of it sorts the index; later half of it are the tables that find trees, packs and lost blobs, which
/// cannot lie in files. What is looked up through those tables takes the rest, and goes to files beyond.
/// Safe for many threads.
final class Allowance implements AutoCloseable {
    /// A table, two names of it, its size and what is wrong with it.
    private static final int PACK_BYTES = 300;

    /// Of the whole, what one log may hold: there are at most eight of them.
    private static final int LOG_SHARE = 64;

    private final long bytes;
    private final Path directory;
    private final List<Runnable> closings = new ArrayList<>();
    private long taken;

    /// @param memory null for as much as there is
    Allowance(CheckRequest.@Nullable Memory memory) {
        bytes = memory == null ? Long.MAX_VALUE : memory.size().bytes();
        directory = memory == null ? Path.of("") : memory.temporary();
    }

    /// Whether there is any limit.
    boolean isLimited() {
        return bytes < Long.MAX_VALUE;
    }

    /// The caller closes it.
    ExternalSort sort(int recordBytes) {
        return new ExternalSort(recordBytes, bytes / 2, directory);
    }

    /// For what belongs to each tree, pack or lost blob.
    ByteLog log() {
        return log(bytes / LOG_SHARE);
    }

    IdTable ids() {
        return new IdTable(log(), this::take);
    }

    /// For the index, looked up at random: what does not lie in memory is read again and again.
    ByteLog indexLog() {
        return log(bytes / 4);
    }

    private ByteLog log(long memoryBytes) {
        var log = new ByteLog(memoryBytes, directory);
        atEnd(log::close);
        return log;
    }

    private synchronized void atEnd(Runnable closing) {
        closings.add(closing);
    }

    /// @param more bytes of a table that is about to be made; negative for one that is given up
    /// @throws OperationException if tables would take more than half of what is allowed
    synchronized void take(long more) {
        taken += more;
        if (taken > bytes / 2) {
            throw new OperationException(
                    ExitStatus.FAILED,
                    "%s of memory are too few to check this repository: its directories and packs need more than half of it"
                            .formatted(new ByteSize(bytes)),
                    "allow more, as in --memory " + enough(),
                    null);
        }
    }

    /// In MiB, the next power of two that holds twice what is known to be needed.
    private String enough() {
        return (Long.highestOneBit(Math.max(4 * taken, 4 << 20) - 1) >> 19) + "M";
    }

    void takePack() {
        take(PACK_BYTES);
    }

    /// Frees the logs.
    @Override
    public synchronized void close() {
        closings.forEach(Runnable::run);
        closings.clear();
    }
}
