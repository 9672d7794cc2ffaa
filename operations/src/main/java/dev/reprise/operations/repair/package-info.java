/// Making damaged repositories whole again (repository format, section 10.4): the index from the packs, good blobs out
/// of damaged packs, snapshots without what is lost, and trees no snapshot names any more.
///
/// **In:** an opened repository and its exclusive lock. **Out:** a plan of what has to change, then the change: new
/// objects are durable before old ones go, so that a run killed anywhere leaves nothing worse than it was.
@NullMarked
package dev.reprise.operations.repair;

import org.jspecify.annotations.NullMarked;
