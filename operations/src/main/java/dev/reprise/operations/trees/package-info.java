/// Loading many trees at a time: grouped by pack, so that a level of directories costs few storage reads.
///
/// **In:** ids of trees. **Out:** their nodes. **May use:** `repository`. Used by restore and check.
@NullMarked
package dev.reprise.operations.trees;

import org.jspecify.annotations.NullMarked;
