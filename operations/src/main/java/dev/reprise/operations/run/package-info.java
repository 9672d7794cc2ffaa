/// One run of a job: every source captured, then one recovery point.
///
/// **In:** sources and an opened repository. **Out:** a snapshot per source and a sealed manifest, or nothing.
///
/// Order of effects: packs, index files, snapshots, manifest. A run that fails before the end leaves at most
/// packs, index files and snapshots that no manifest names; they cost space until the next prune and mislead
/// nobody.
@NullMarked
package dev.reprise.operations.run;

import org.jspecify.annotations.NullMarked;
