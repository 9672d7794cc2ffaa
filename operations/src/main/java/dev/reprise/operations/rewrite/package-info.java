/// Making new snapshots out of old ones: without some files, with another host or time (repository format, 10.4).
///
/// **In:** snapshots, and what to change. **Out:** new trees where something changes, then new snapshots, then, if
/// wanted, the removal of the old ones, in this order, so that a run killed anywhere loses nothing.
@NullMarked
package dev.reprise.operations.rewrite;

import org.jspecify.annotations.NullMarked;
