package dev.reprise.repository.pack;

/// Buffers that are kept from blob to blob.
final class Scratch {
    /// The largest data blob restic's chunker makes, sealed, with room. Larger ones (trees of huge directories)
    /// are rare, and a buffer that served one is not kept.
    private static final int MAX_KEPT = 9 * 1024 * 1024;
    private static final int STEP = 128 * 1024;

    private Scratch() {}

    /// @return `current` or a new array of at least `size` bytes; its content is undefined
    static byte[] atLeast(byte[] current, int size) {
        boolean tooLarge = current.length > MAX_KEPT && size <= MAX_KEPT;
        if (current.length >= size && !tooLarge) {
            return current;
        }
        return new byte[size > MAX_KEPT ? size : (size + STEP - 1) / STEP * STEP];
    }
}
