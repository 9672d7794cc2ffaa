/// Recovery points: one run of a job under one id, sealed in the repository.
///
/// **In:** what was captured, with facts. **Out:** manifests, written last and read back to restore and compare.
/// A manifest lies beside restic's objects under `reprise/points`, sealed with the same keys; stock restic
/// neither needs nor touches it.
@NullMarked
package dev.reprise.operations.point;

import org.jspecify.annotations.NullMarked;
