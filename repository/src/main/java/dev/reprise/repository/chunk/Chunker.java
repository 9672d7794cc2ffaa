package dev.reprise.repository.chunk;

/// Finds where chunks end. Immutable and safe for many threads; one per repository.
public final class Chunker {
    public static final int MIN_BYTES = 512 * 1024;
    public static final int MAX_BYTES = 8 * 1024 * 1024;

    public Chunker(Polynomial polynomial) {
        throw new IllegalStateException("not built yet");
    }

    /// Looks for the end of the chunk that starts at `data[start]`.
    ///
    /// Call it as bytes arrive: first with `scanned` 0, then with the `available` of the call before. A cut
    /// depends
    /// only on the 64 bytes before it, so nothing else has to be remembered.
    ///
    /// @param scanned   bytes of this chunk that earlier calls already looked at
    /// @param available bytes of this chunk present now
    /// @return length of the chunk, or -1 when `available` bytes hold no cut yet (then `available < MAX_BYTES`)
    public int cut(byte[] data, int start, int scanned, int available) {
        throw new IllegalStateException("not built yet");
    }
}
