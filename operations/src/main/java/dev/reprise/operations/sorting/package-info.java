/// Sorting more records than memory should hold.
///
/// **In:** records of one length, in any order. **Out:** the same records in the order of their bytes.
@NullMarked
package dev.reprise.operations.sorting;

import org.jspecify.annotations.NullMarked;
