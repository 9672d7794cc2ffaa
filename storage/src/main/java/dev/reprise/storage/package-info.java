/// Where a repository's objects lie: the [Storage][dev.reprise.storage.Storage] contract, its
/// places (local directory, memory) and its wrappers (retry, limit, rate, faults).
///
/// **In:** named, write-once objects as bytes. **Out:** the same bytes. **May use:** `base`.
/// **Never:** the meaning of what it stores. Layout and write protocol are restic's (repository
/// format, section 1).
@NullMarked
package dev.reprise.storage;

import org.jspecify.annotations.NullMarked;
