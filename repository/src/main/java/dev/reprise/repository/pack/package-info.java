/// Pack files: many sealed blobs in one storage object, and the way in and out of them (repository format,
/// section 5).
///
/// **In:** plaintext blobs. **Out:** finished packs on storage with their index files, and plaintext back.
/// On storage a pack is `blob_1 … blob_n | header | header length (4 bytes, little-endian)`.
@NullMarked
package dev.reprise.repository.pack;

import org.jspecify.annotations.NullMarked;
