package dev.reprise.repository.pack;

import java.util.concurrent.ConcurrentLinkedDeque;

/// Buffers of readers that were closed, for those that come after. One command has several sets of readers, one after
/// the other, and what the heap has grown by is not given back. Safe for many threads.
final class SpareBuffers {
    /// Two for each thread that works.
    private static final int MOST = 2 * Runtime.getRuntime().availableProcessors();

    private final ConcurrentLinkedDeque<byte[]> spare = new ConcurrentLinkedDeque<>();

    /// @return an array nobody else has, of any size; its content is undefined
    byte[] take() {
        byte[] buffer = spare.pollLast();
        return buffer == null ? new byte[0] : buffer;
    }

    /// @param buffer not to be used any more
    void give(byte[] buffer) {
        if (buffer.length > 0 && buffer.length <= Scratch.MAX_KEPT && spare.size() < MOST) {
            spare.addLast(buffer);
        }
    }
}
