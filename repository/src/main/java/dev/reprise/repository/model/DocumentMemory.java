package dev.reprise.repository.model;

import java.util.Arrays;

/// Two growing arrays for reading one document after the other, sealed and open: arrays of many megabytes that are used
/// once fill the heap before the collector sees a reason to free them. Belongs to one thread at a time.
public final class DocumentMemory {
    private byte[] sealed = {};
    private byte[] open = {};

    /// @return the array for sealed bytes with at least `bytes`, all it held before at its start
    public byte[] sealed(int bytes) {
        if (sealed.length < bytes) {
            sealed = Arrays.copyOf(sealed, bytes);
        }
        return sealed;
    }

    /// @return the array for what is inside with at least `bytes`; what it holds is of no use
    public byte[] open(int bytes) {
        if (open.length < bytes) {
            open = new byte[bytes];
        }
        return open;
    }
}
