/// Copying snapshots into another repository (repository format, section 10.4).
///
/// **In:** two opened repositories and snapshots of the first. **Out:** in the second, first the blobs it lacks, then
/// their index, then the snapshots, then the manifests of recovery points that are whole there.
@NullMarked
package dev.reprise.operations.copy;

import org.jspecify.annotations.NullMarked;
