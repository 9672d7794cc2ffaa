package dev.reprise.repository.crypto;

/// Poly1305 tags under one `r`. Reusable, not thread-safe.
interface Tagger {
    int TAG_BYTES = 16;

    /// Authenticates a range of bytes.
    ///
    /// @param s   16 bytes added at the end: the nonce encrypted under the other key
    /// @param tag receives 16 bytes at `tagOffset`
    void tag(byte[] message, int offset, int length, byte[] s, byte[] tag, int tagOffset);

    /// The fastest there is.
    ///
    /// @param r 16 bytes, not clamped
    static Tagger of(byte[] r) {
        return JdkPoly1305.isUsable() ? new JdkPoly1305(r) : new Poly1305(r);
    }
}
