package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import dev.reprise.repository.model.BlobHandle;

/// One stored copy of a blob.
///
/// @param handle     which blob
/// @param pack       the pack that holds it
/// @param offset     first byte in the pack, unsigned 32 bits
/// @param length     stored length in bytes, sealed (and compressed) form
/// @param plainLength plaintext length in bytes
/// @param compressed whether the sealed content is a zstd frame
public record BlobLocation(
        BlobHandle handle, ObjectId pack, long offset, int length, int plainLength, boolean compressed) {}
