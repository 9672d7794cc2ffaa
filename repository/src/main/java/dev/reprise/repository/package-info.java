/// restic's repository format, read and written: keys, configuration, chunks, packs, index, trees, snapshots,
/// locks.
///
/// **In:** bytes of files and streams. **Out:** objects in a [Storage][dev.reprise.storage.Storage], and back.
/// **May use:** `base`, `storage`. **Never:** `sources`; it does not know what it stores.
///
/// [Repository][dev.reprise.repository.Repository] is the door. The packages below it go from bytes to meaning:
/// `crypto` → `key`, `unpacked` (sealed JSON) → `chunk`, `index`, `pack` → `tree` → `snapshot`, with `lock` beside them
/// and the words all of them share in `model`.
@NullMarked
package dev.reprise.repository;

import org.jspecify.annotations.NullMarked;
