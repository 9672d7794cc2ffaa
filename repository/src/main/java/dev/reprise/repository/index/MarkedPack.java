package dev.reprise.repository.index;

import dev.reprise.base.ObjectId;
import org.jspecify.annotations.Nullable;

/// A pack that waits for its deletion, as rustic lists it in `packs_to_delete` (repository format, section
/// 13). Readers do not rely on its blobs.
///
/// @param time when it was marked, as stored; null if the index does not say
/// @param size of the pack in bytes, -1 if the index does not say
public record MarkedPack(
        ObjectId pack, PackEntries entries, @Nullable String time, long size) {}
