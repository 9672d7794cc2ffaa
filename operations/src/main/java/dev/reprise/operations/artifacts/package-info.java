/// Plain files made from a recovery point, for people and programs without Reprise.
///
/// **In:** a tree of a repository. **Out:** a tar stream, gzip files; written under a temporary name and
/// renamed when whole.
@NullMarked
package dev.reprise.operations.artifacts;

import org.jspecify.annotations.NullMarked;
