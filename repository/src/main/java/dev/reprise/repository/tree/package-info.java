/// Trees: the content of directories, in restic's exact bytes (repository format, section 7).
///
/// **In:** nodes. **Out:** canonical JSON, and back. Identity of a tree is the SHA-256 of those bytes, so the
/// encoding is part of the format: names, times, modes and numbers are written as Go writes them.
@NullMarked
package dev.reprise.repository.tree;

import org.jspecify.annotations.NullMarked;
