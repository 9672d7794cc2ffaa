package dev.reprise.repository.pack;

import dev.reprise.base.ObjectId;

/// A blob ready to be appended: verified, in a buffer that is reused afterwards.
///
/// @param bytes              sealed form in `bytes[0 … length)`
/// @param uncompressedLength plaintext length of a compressed blob; 0 for one stored raw
record SealedBlob(ObjectId id, byte[] bytes, int length, int uncompressedLength) {}
