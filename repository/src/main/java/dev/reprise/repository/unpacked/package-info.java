/// Sealed JSON documents: index files, snapshots, locks and points (repository format, section 2.4).
///
/// **In:** JSON. **Out:** one stored object each, and back. Format 2 compresses; format 1 does not.
@NullMarked
package dev.reprise.repository.unpacked;

import org.jspecify.annotations.NullMarked;
