package dev.reprise.repository.pack;

/// Buffers that are kept from blob to blob.
final class Scratch {
    /// The largest data blob restic's chunker makes, sealed, with room. Larger ones (trees of huge directories)
    /// are rare, and a buffer that served one is not kept.
    static final int MAX_KEPT = 9 * 1024 * 1024;
    /// Few sizes: what was outgrown lies in the heap until a collection that may never come.
    private static final int[] SIZES = {128 * 1024, 1024 * 1024, 4 * 1024 * 1024, MAX_KEPT};

    private Scratch() {}

    /// @return `current` or a new array of at least `size` bytes; its content is undefined
    static byte[] atLeast(byte[] current, int size) {
        boolean tooLarge = current.length > MAX_KEPT && size <= MAX_KEPT;
        if (current.length >= size && !tooLarge) {
            return current;
        }
        for (int kept : SIZES) {
            if (size <= kept) {
                return new byte[kept];
            }
        }
        return new byte[size];
    }
}
