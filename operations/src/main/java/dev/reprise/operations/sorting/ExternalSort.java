package dev.reprise.operations.sorting;

import dev.reprise.base.ExitStatus;
import dev.reprise.operations.OperationException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// Records of one length, sorted by their bytes, unsigned; equal ones are kept once.
///
/// Records are collected outside the heap. When the memory allowed is full they are sorted; if many were
/// equal the rest stays, else it becomes a run in an unlinked file of the temporary directory. Reading
/// merges the runs, any number of times. Belongs to one thread at a time.
public final class ExternalSort implements AutoCloseable {
    /// Position of a record within one run: so many bits of its sort key.
    private static final int POSITION_BITS = 24;
    private static final int MOST_RECORDS = 1 << POSITION_BITS;
    private static final long POSITION = MOST_RECORDS - 1L;
    private static final int CHUNK_BITS = 14;
    private static final int CHUNK_RECORDS = 1 << CHUNK_BITS;
    /// Besides the record itself: its sort key.
    private static final int KEY_BYTES = 8;

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final int recordBytes;
    private final long memoryBytes;
    private final int capacity;
    private final Path directory;
    private final List<Run> runs = new ArrayList<>();
    private final List<MemorySegment> chunks = new ArrayList<>();
    private Arena arena = Arena.ofShared();
    private int collected;
    private boolean reading;
    /// Positions of the collected records in their order, once that is known.
    private int @Nullable [] order;

    /// @param recordBytes at least 8
    /// @param memoryBytes most memory for records, at least what 1024 of them take
    /// @param directory   for what does not fit
    public ExternalSort(int recordBytes, long memoryBytes, Path directory) {
        if (recordBytes < Long.BYTES) {
            throw new IllegalArgumentException("records of " + recordBytes + " bytes are too short");
        }
        this.recordBytes = recordBytes;
        this.memoryBytes = memoryBytes;
        this.capacity = Math.clamp(memoryBytes / (recordBytes + KEY_BYTES), 1024, MOST_RECORDS);
        this.directory = directory;
    }

    /// @param record its first bytes are copied
    public void add(byte[] record) {
        if (reading) {
            throw new IllegalStateException("records are being read");
        }
        if (collected == capacity) {
            makeRoom();
        }
        MemorySegment.copy(record, 0, chunkFor(collected), ValueLayout.JAVA_BYTE, at(collected), recordBytes);
        collected++;
    }

    private MemorySegment chunkFor(int position) {
        int chunk = position >>> CHUNK_BITS;
        if (chunk == chunks.size()) {
            chunks.add(arena.allocate((long) Math.min(CHUNK_RECORDS, capacity) * recordBytes));
        }
        return chunks.get(chunk);
    }

    private long at(int position) {
        return (long) (position & (CHUNK_RECORDS - 1)) * recordBytes;
    }

    /// Keeps what is left of the records if equal ones were more than half, else writes them away.
    private void makeRoom() {
        int[] sorted = sorted();
        if (sorted.length > capacity / 2) {
            runs.add(write(sorted));
            collected = 0;
            return;
        }
        // Moves records to the front in the order they lie, so none is overwritten before it is moved.
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            MemorySegment.copy(
                    chunks.get(sorted[i] >>> CHUNK_BITS),
                    at(sorted[i]),
                    chunks.get(i >>> CHUNK_BITS),
                    at(i),
                    recordBytes);
        }
        collected = sorted.length;
    }

    /// Positions of the collected records in order, of equal ones the first.
    private int[] sorted() {
        long[] keys = new long[collected];
        for (int i = 0; i < collected; i++) {
            long start = chunks.get(i >>> CHUNK_BITS).get(WORD, at(i)) & ~POSITION;
            keys[i] = (start ^ Long.MIN_VALUE) | i;
        }
        Arrays.sort(keys);
        sortTies(keys);
        int[] positions = new int[collected];
        int count = 0;
        for (long key : keys) {
            int position = (int) (key & POSITION);
            if (count == 0 || compare(positions[count - 1], position) != 0) {
                positions[count++] = position;
            }
        }
        return Arrays.copyOf(positions, count);
    }

    /// Keys hold the first 40 bits of their records; where those are equal the whole records decide.
    private void sortTies(long[] keys) {
        int from = 0;
        for (int i = 1; i <= keys.length; i++) {
            if (i == keys.length || (keys[i] & ~POSITION) != (keys[from] & ~POSITION)) {
                if (i - from > 1) {
                    sortRange(keys, from, i);
                }
                from = i;
            }
        }
    }

    private void sortRange(long[] keys, int from, int to) {
        Long[] range = new Long[to - from];
        for (int i = from; i < to; i++) {
            range[i - from] = keys[i];
        }
        Comparator<Long> whole = (a, b) -> compare((int) (a & POSITION), (int) (b & POSITION));
        Arrays.sort(range, whole.thenComparing(Comparator.naturalOrder()));
        for (int i = from; i < to; i++) {
            keys[i] = range[i - from];
        }
    }

    private int compare(int a, int b) {
        MemorySegment first = chunks.get(a >>> CHUNK_BITS);
        MemorySegment second = chunks.get(b >>> CHUNK_BITS);
        long atFirst = at(a);
        long atSecond = at(b);
        long different =
                MemorySegment.mismatch(first, atFirst, atFirst + recordBytes, second, atSecond, atSecond + recordBytes);
        return different < 0
                ? 0
                : Integer.compare(
                        first.get(ValueLayout.JAVA_BYTE, atFirst + different) & 0xff,
                        second.get(ValueLayout.JAVA_BYTE, atSecond + different) & 0xff);
    }

    private Run write(int[] sorted) {
        try {
            var run = new Run(directory, recordBytes);
            boolean written = false;
            try {
                run.write(sorted, this::copy);
                written = true;
                return run;
            } finally {
                if (!written) {
                    run.close();
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void copy(int position, byte[] target, int offset) {
        MemorySegment.copy(
                chunks.get(position >>> CHUNK_BITS), ValueLayout.JAVA_BYTE, at(position), target, offset, recordBytes);
    }

    private static OperationException failed(IOException e) {
        return new OperationException(
                ExitStatus.FAILED,
                "a temporary file for sorting cannot be used: " + e,
                "point TMPDIR to a directory with room, or allow more memory",
                e);
    }

    /// Starts reading from the first record. Nothing can be added from now on.
    public Cursor read() {
        if (!reading) {
            reading = true;
            if (runs.isEmpty()) {
                order = sorted();
            } else {
                runs.add(write(sorted()));
                release();
            }
        }
        return runs.isEmpty() ? new MemoryCursor() : new MergingCursor();
    }

    /// True once records had to be written to files.
    public boolean isSpilled() {
        return !runs.isEmpty();
    }

    private void release() {
        chunks.clear();
        arena.close();
        arena = Arena.ofShared();
        collected = 0;
    }

    @Override
    public void close() {
        runs.forEach(Run::close);
        runs.clear();
        chunks.clear();
        arena.close();
    }

    /// Steps through the records in order.
    public abstract static sealed class Cursor {
        /// The record stepped on last; valid until the next step.
        public abstract byte[] record();

        /// @return false behind the last record
        public abstract boolean next();
    }

    private final class MemoryCursor extends Cursor {
        private final byte[] record = new byte[recordBytes];
        private int next;

        @Override
        public byte[] record() {
            return record;
        }

        @Override
        public boolean next() {
            int[] positions = order;
            if (positions == null || next == positions.length) {
                return false;
            }
            copy(positions[next++], record, 0);
            return true;
        }
    }

    private final class MergingCursor extends Cursor {
        private final PriorityQueue<Run.Reader> readers = new PriorityQueue<>();
        private final byte[] record = new byte[recordBytes];
        private boolean started;

        MergingCursor() {
            for (Run run : runs) {
                Run.Reader reader = run.reader(memoryBytes / runs.size());
                if (advance(reader)) {
                    readers.add(reader);
                }
            }
        }

        @Override
        public byte[] record() {
            return record;
        }

        @Override
        public boolean next() {
            while (!readers.isEmpty()) {
                Run.Reader first = readers.remove();
                boolean repeated = started && first.compareTo(record) == 0;
                if (!repeated) {
                    first.copyTo(record);
                }
                if (advance(first)) {
                    readers.add(first);
                }
                if (!repeated) {
                    started = true;
                    return true;
                }
            }
            return false;
        }

        private static boolean advance(Run.Reader reader) {
            try {
                return reader.next();
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }
}
