/// Which blob lies where: index files and the merged index in memory (repository format, section 6).
///
/// **In:** index files, and entries of finished packs. **Out:** locations of blobs.
@NullMarked
package dev.reprise.repository.index;

import org.jspecify.annotations.NullMarked;
