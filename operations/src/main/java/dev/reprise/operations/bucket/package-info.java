/// Buckets saved as trees, and put back into buckets.
///
/// **In:** a bucket and an opened repository. **Out:** a tree that stock restic lists and restores, each object a file
/// with what the server keeps beside it as extended attributes; and plans of what a restore would write and remove.
@NullMarked
package dev.reprise.operations.bucket;

import org.jspecify.annotations.NullMarked;
