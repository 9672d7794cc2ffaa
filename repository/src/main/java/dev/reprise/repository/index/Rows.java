package dev.reprise.repository.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Rows of equal size in memory outside the heap, in chunks, so that growing never copies.
///
/// Growing belongs to one thread at a time. Readers of rows that were there before may run beside it. Once the arena is
/// closed, every access throws [IllegalStateException].
final class Rows {
    private final Arena arena;
    private final int rowBytes;
    private final int chunkBits;
    private volatile MemorySegment[] chunks = new MemorySegment[0];

    /// @param rowBytes  a multiple of 8
    /// @param chunkBits a chunk has two to the power of this many rows
    Rows(Arena arena, int rowBytes, int chunkBits) {
        this.arena = arena;
        this.rowBytes = rowBytes;
        this.chunkBits = chunkBits;
    }

    void reserve(int rows) {
        int wanted = (int) (((long) rows + (1 << chunkBits) - 1) >>> chunkBits);
        MemorySegment[] present = chunks;
        if (wanted <= present.length) {
            return;
        }
        MemorySegment[] grown = Arrays.copyOf(present, wanted);
        for (int i = present.length; i < wanted; i++) {
            grown[i] = arena.allocate((long) rowBytes << chunkBits, 8);
        }
        chunks = grown;
    }

    /// The chunk that holds a row.
    MemorySegment chunk(int row) {
        return chunks[row >>> chunkBits];
    }

    /// Where a row starts in its chunk, in bytes.
    long at(int row) {
        return (long) (row & ((1 << chunkBits) - 1)) * rowBytes;
    }

    /// The first rows, chunk by chunk.
    MemorySegment[] slices(int rows) {
        int whole = rows >>> chunkBits;
        int rest = rows & ((1 << chunkBits) - 1);
        MemorySegment[] slices = Arrays.copyOf(chunks, whole + (rest > 0 ? 1 : 0));
        if (rest > 0) {
            slices[whole] = slices[whole].asSlice(0, at(rest));
        }
        return slices;
    }

    /// Bytes taken.
    long bytes() {
        return ((long) chunks.length * rowBytes) << chunkBits;
    }
}
