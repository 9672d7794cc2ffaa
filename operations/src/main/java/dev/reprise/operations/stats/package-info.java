/// Counting what snapshots hold and what they cost.
///
/// **In:** snapshots and a way of counting. **Out:** one record of sums. **May use:** `browse`, `repository`.
@NullMarked
package dev.reprise.operations.stats;

import org.jspecify.annotations.NullMarked;
