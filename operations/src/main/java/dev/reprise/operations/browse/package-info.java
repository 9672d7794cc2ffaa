/// Looking into snapshots without restoring them: walking trees, finding entries and blobs, comparing two trees.
///
/// **In:** root trees. **Out:** nodes with their paths, one at a time; never a whole snapshot in memory.
/// **May use:** `trees`, `restore`, `filter`, `repository`.
@NullMarked
package dev.reprise.operations.browse;

import org.jspecify.annotations.NullMarked;
